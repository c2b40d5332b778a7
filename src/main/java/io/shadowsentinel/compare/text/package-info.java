/**
 * What can be said of two texts without knowing of JSON: settings, normal forms, token F1. Entry
 * type: {@link io.shadowsentinel.compare.text.TextSettings}. Pure, any thread.
 */
@NullMarked
package io.shadowsentinel.compare.text;

import org.jspecify.annotations.NullMarked;
