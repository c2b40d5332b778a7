package io.shadowsentinel.config;

import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.Tls;
import io.shadowsentinel.tls.TlsFault;
import io.shadowsentinel.tls.TlsMaterial;
import io.shadowsentinel.tls.TlsSettings;
import java.io.File;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Binds {@code tls}, of listeners and of those who connect. Reads the files, since a config whose
 * certificate will not do is as wrong as one with a typing error.
 */
final class TlsBinder {
  private static final String FILE = "a PEM file";
  private static final String SERVER_NAME_FORM = "a host name, no address";
  private static final Pattern SERVER_NAME =
      Pattern.compile(
          "(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

  /** The keys whose files are read, for the faults of what is in them. */
  private record Values(@Nullable Value cert, @Nullable Value key, @Nullable Value authorities) {

    @Nullable Value of(TlsFault.Part part) {
      return switch (part) {
        case CERT -> cert;
        case KEY -> key;
        case AUTHORITIES -> authorities;
      };
    }
  }

  private TlsBinder() {}

  /** How a listener is secured; null when {@code tls} is left out or faulty. */
  static @Nullable Tls listener(Section parent) {
    Section section = parent.optionalChild("tls");
    if (section == null) {
      return null;
    }
    Values values =
        new Values(
            section.required("cert", FILE),
            section.required("key", FILE),
            section.optional("clientCa"));
    Path cert = path(values.cert);
    Path key = path(values.key);
    Path clientCa = path(values.authorities);
    section.end();
    if (cert == null || key == null) {
      return null;
    }
    Tls tls = new Tls(cert, key, clientCa);
    return isSound(tls, values) ? tls : null;
  }

  /**
   * How connections to models are secured.
   *
   * @param inherited of the route; what {@code tls} of the model says stands in the place of all of
   *     it
   */
  static ClientTls upstream(Section parent, ClientTls inherited) {
    Section section = parent.optionalChild("tls");
    return section == null ? inherited : client(section, true);
  }

  /** The same for those whose connections carry secrets: verification cannot be given up. */
  static ClientTls verified(Section parent, @Nullable URI url) {
    Section section = parent.optionalChild("tls");
    ClientTls tls = section == null ? ClientTls.DEFAULTS : client(section, false);
    if (url != null) {
      refuseWithout(parent, url.getScheme().equals("https"));
    }
    return tls;
  }

  /** Refuses {@code tls} where nothing would come of it. */
  static void refuseWithout(Section parent, boolean https) {
    Value given = parent.optional("tls");
    if (given != null && !https && given.node() instanceof Node.Mapping) {
      given.fault("given, and no URL is https", "https:// in the URL, or no tls");
    }
  }

  private static ClientTls client(Section section, boolean upstream) {
    Value caValue = section.optional("ca");
    Values values = new Values(section.optional("cert"), section.optional("key"), caValue);
    Path cert = path(values.cert);
    Path key = path(values.key);
    Path ca = path(values.authorities);
    Value nameValue = upstream ? section.optional("serverName") : null;
    String name = nameValue == null ? null : nameValue.text(SERVER_NAME, SERVER_NAME_FORM);
    boolean verify = !upstream || section.flag("verify", true);
    section.end();
    if ((values.cert == null) != (values.key == null)) {
      Value given = values.cert == null ? values.key : values.cert;
      String other = values.cert == null ? "cert" : "key";
      given.fault("given without " + other, "both, or neither");
      return ClientTls.DEFAULTS;
    }
    if (!verify && values.authorities != null) {
      values.authorities.fault("given with verify: false", "one of the two");
      return ClientTls.DEFAULTS;
    }
    if ((values.cert != null && (cert == null || key == null))
        || (values.authorities != null && ca == null)) {
      return ClientTls.DEFAULTS;
    }
    ClientTls tls = new ClientTls(ca, cert, key, name, verify);
    return isSound(tls, values) ? tls : ClientTls.DEFAULTS;
  }

  private static boolean isSound(TlsSettings settings, Values values) {
    List<TlsFault> faults = TlsMaterial.faults(settings, Instant.now());
    for (TlsFault fault : faults) {
      Value value = values.of(fault.part());
      if (value != null) {
        value.fault(Quoted.node(value.node()) + ", " + fault.what(), fault.expected());
      }
    }
    return faults.isEmpty();
  }

  private static @Nullable Path path(@Nullable Value value) {
    return value == null ? null : path(value, FILE);
  }

  /** Reads the path of something on this machine. */
  static @Nullable Path path(Value value, String expected) {
    String text = value.text(expected);
    if (text == null) {
      return null;
    }
    if (text.isBlank()) {
      value.fault("empty", expected);
      return null;
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      value.fault(Quoted.text(text), expected + " (paths part by " + File.separator + ")");
      return null;
    }
  }
}
