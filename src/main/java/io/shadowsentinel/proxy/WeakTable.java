package io.shadowsentinel.proxy;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One value for each key, for as long as anyone holds it: whoever asks for a key gets the very
 * object that the others have. Event loops take up a new routing table one after the other, and
 * none can tell what the others still, or already, use; so nothing is ever taken out by one of
 * them. What nobody holds any more is forgotten. Any thread; not for the way of a request.
 */
final class WeakTable<K, V> {
  private final Map<K, WeakReference<V>> byKey = new HashMap<>();

  /** The value of a key, made when nobody holds one. */
  synchronized V get(K key, Supplier<V> maker) {
    V known = find(key);
    if (known != null) {
      return known;
    }
    byKey.values().removeIf(reference -> reference.get() == null);
    V made = maker.get();
    byKey.put(key, new WeakReference<>(made));
    return made;
  }

  /** The value of a key, or null when nobody holds one. */
  synchronized @Nullable V find(K key) {
    WeakReference<V> reference = byKey.get(key);
    return reference == null ? null : reference.get();
  }

  /** How many keys are remembered. */
  synchronized int size() {
    return byKey.size();
  }
}
