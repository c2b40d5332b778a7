package io.shadowsentinel.config;

import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.tls.ClientTls;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Binds one of {@code routes}. Paths in messages begin at the route. */
final class RouteBinder {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final int MAX_IN_FLIGHT = 100_000;
  private static final long MAX_BODY_BYTES = 256L << 20;

  private static final Pattern ROUTE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern MODEL_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,126}");
  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]*");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern HEADER_VALUE =
      Pattern.compile("[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?");
  private static final Pattern PATH_PREFIX = Pattern.compile("/[!-~&&[^?#]]*");
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\\[[0-9A-Fa-f:.]+\\]");

  private static final String ROUTE_NAME_FORM =
      "a name of up to 63 letters, digits, . _ - that begins with a letter or digit";
  private static final String MODEL_NAME_FORM =
      "a name of up to 127 letters, digits, . _ : / @ + - that begins with a letter or digit";
  private static final String METHOD_FORM = "an HTTP method in upper case";
  private static final String HEADER_FORM = "a header name";

  private RouteBinder() {}

  /** The route; null when a part that has no default is missing or faulty. */
  static @Nullable RouteConfig route(Section section) {
    Value nameValue = section.required("name", ROUTE_NAME_FORM);
    String name = nameValue == null ? null : nameValue.text(ROUTE_NAME, ROUTE_NAME_FORM);
    Match match = match(section.child("match"));
    ClientTls tls = TlsBinder.upstream(section, ClientTls.DEFAULTS);
    Model champion = champion(section, tls);
    Section challengerSection = section.optionalChild("challenger");
    Model challenger = challengerSection == null ? null : model(challengerSection, tls);
    if (champion != null) {
      boolean https =
          isHttps(champion.urls()) || (challenger != null && isHttps(challenger.urls()));
      TlsBinder.refuseWithout(section, https);
    }
    if (champion != null && challenger != null && champion.name().equals(challenger.name())) {
      Value same = challengerSection.optional("name");
      if (same != null) {
        same.fault(challenger.name(), "another name than the champion's");
      }
    }
    Duration timeout = section.duration("timeout", RouteSpec.DEFAULT_TIMEOUT, SHORTEST, LONGEST);
    Duration connectTimeout =
        section.duration("connectTimeout", RouteSpec.DEFAULT_CONNECT_TIMEOUT, SHORTEST, LONGEST);
    Section compareSection = section.child("compare");
    Section mirrorSection = section.child("mirror");
    MirrorSettings mirror =
        mirror(mirrorSection).withSelfCheck(CompareBinder.selfCheck(compareSection));
    var compare =
        CompareBinder.compare(compareSection)
            .withConflicts(ConflictsBinder.conflicts(section.child("conflicts")));
    var decide = CompareBinder.decide(section.child("decide"));
    RewriteBinder.refuseAutomaticPromotion(mirror.rewrite(), mirrorSection, decide);
    section.end();
    if (name == null || champion == null) {
      return null;
    }
    RouteSpec spec =
        new RouteSpec(name, match, champion, challenger, timeout, connectTimeout, mirror);
    return new RouteConfig(spec, compare, decide);
  }

  private static @Nullable Model champion(Section route, ClientTls tls) {
    Value value = route.required("champion", "a mapping with name and urls");
    Section section =
        value == null ? null : value.section("champion", "a mapping with name and urls");
    return section == null ? null : model(section, tls);
  }

  /** A model; {@code inherited} secures it when it says nothing itself. */
  private static @Nullable Model model(Section section, ClientTls inherited) {
    Value nameValue = section.required("name", MODEL_NAME_FORM);
    String name = nameValue == null ? null : nameValue.text(MODEL_NAME, MODEL_NAME_FORM);
    Value urlsValue = section.required("urls", "a list of at least one URL");
    List<Value> items = urlsValue == null ? null : urlsValue.items("a list of at least one URL");
    Set<URI> urls = new LinkedHashSet<>();
    for (Value item : items == null ? List.<Value>of() : items) {
      URI url = Urls.upstream(item);
      if (url != null && !urls.add(url)) {
        item.fault(url + " a second time", "each URL once");
      }
    }
    if (urlsValue != null && items != null && items.isEmpty()) {
      urlsValue.fault("an empty list", "at least one URL");
    }
    ClientTls tls = TlsBinder.upstream(section, inherited);
    if (!urls.isEmpty()) {
      TlsBinder.refuseWithout(section, isHttps(urls));
    }
    section.end();
    return name == null || urls.isEmpty() ? null : new Model(name, List.copyOf(urls), tls);
  }

  private static boolean isHttps(Collection<URI> urls) {
    return urls.stream().anyMatch(url -> url.getScheme().equals("https"));
  }

  private static Match match(Section section) {
    String expected = "a path prefix that begins with /, without ? and #";
    Value pathValue = section.optional("path");
    String path = pathValue == null ? null : pathValue.text(PATH_PREFIX, expected);
    Set<String> hosts = hosts(section.optional("host"));
    Set<String> methods = words(section.optional("methods"), METHOD, METHOD_FORM, Set.of(), 1);
    Map<String, String> headers = headers(section.optionalSecretChild("headers"));
    section.end();
    return new Match(path == null ? "/" : path, List.copyOf(hosts), methods, headers);
  }

  private static Set<String> hosts(@Nullable Value value) {
    String form = "a host name without a port, or *. and one";
    if (value != null && value.node() instanceof Node.Scalar) {
      String host = value.text(HOST, form);
      return host == null ? Set.of() : Set.of(host);
    }
    return words(value, HOST, form, Set.of(), 1);
  }

  private static Map<String, String> headers(@Nullable Section section) {
    Map<String, String> headers = new LinkedHashMap<>();
    Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : section == null ? Set.<String>of() : section.entries().keySet()) {
      Value value = section.optional(name);
      if (value == null) {
        continue;
      }
      if (!HEADER.matcher(name).matches()) {
        value.fault(Quoted.text(name), HEADER_FORM);
      } else if (!seen.add(name)) {
        value.fault("a second time", "each header once, in any case");
      }
      String text = value.text("the value that the header must have");
      if (text != null && !HEADER_VALUE.matcher(text).matches()) {
        // It may be a credential, so it is not shown.
        value.fault("not a header's value", "visible ASCII characters, blanks only between them");
      } else if (text != null) {
        headers.put(name, text);
      }
    }
    return headers;
  }

  private static MirrorSettings mirror(Section section) {
    MirrorSettings defaults = MirrorSettings.DEFAULTS;
    Value hostValue = section.optional("host");
    String host = hostValue == null ? null : hostValue.word(List.of("own", "preserve"));
    MirrorSettings settings =
        new MirrorSettings(
            CompareBinder.percent(section, "percent", defaults.percent()),
            words(section.optional("methods"), METHOD, METHOD_FORM, defaults.methods(), 1),
            section.duration("timeout", defaults.timeout(), SHORTEST, LONGEST),
            (int) section.integer("maxInFlight", defaults.maxInFlight(), 1, MAX_IN_FLIGHT),
            (int) section.size("maxBody", defaults.maxBodyBytes(), 1, MAX_BODY_BYTES),
            words(section.optional("removeHeaders"), HEADER, HEADER_FORM, Set.of(), 0),
            "preserve".equals(host),
            RewriteBinder.rewrite(section));
    section.end();
    return settings;
  }

  /** Reads a list of different words, whose case counts only where {@code form} says so. */
  static Set<String> words(
      @Nullable Value value, Pattern form, String expected, Set<String> fallback, int atLeast) {
    List<Value> items = value == null ? null : value.items("a list, each item " + expected);
    if (value == null || items == null) {
      return fallback;
    }
    if (items.size() < atLeast) {
      value.fault("an empty list", "at least one");
    }
    Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    List<String> words = new ArrayList<>();
    for (Value item : items) {
      String word = item.text(form, expected);
      if (word != null && !seen.add(word)) {
        item.fault(Quoted.text(word) + " a second time", "each once");
      } else if (word != null) {
        words.add(word);
      }
    }
    return new LinkedHashSet<>(words);
  }
}
