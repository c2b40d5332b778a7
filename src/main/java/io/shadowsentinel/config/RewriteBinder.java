package io.shadowsentinel.config;

import com.google.re2j.PatternSyntaxException;
import io.shadowsentinel.decide.DecideSettings;
import io.shadowsentinel.table.RequestRewrite;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Binds {@code setHeaders}, {@code rewritePath} and {@code patchBody} of {@code mirror}: what the
 * challenger's request has otherwise than the user's.
 */
final class RewriteBinder {
  private static final int MAX_PATTERN_CHARS = 256;

  /** Bounds the work for each character of a path, which users choose. */
  private static final int MAX_PROGRAM_SIZE = 1_000;

  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern HEADER_VALUE =
      Pattern.compile("[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?");
  private static final Pattern REPLACEMENT =
      Pattern.compile("/([!-~&&[^?#$\\\\]]|\\$[0-9]|\\$\\{[A-Za-z_][A-Za-z0-9_]*})*");
  private static final Pattern GROUP = Pattern.compile("\\$(?:([0-9])|\\{([^}]*)})");

  private static final String HEADER_FORM =
      "an end-to-end header that is not the proxy's own to set";
  private static final String REPLACEMENT_FORM =
      "a path that begins with /, without ? and #, $1 or $${name} for a group";

  /** Fields of one connection, of the body's framing, and those the proxy itself answers for. */
  private static final Set<String> NOT_TO_SET =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "expect",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-request-id",
          "x-shadow-request");

  private RewriteBinder() {}

  static RequestRewrite rewrite(Section mirror) {
    Map<String, String> headers = headers(mirror.optionalSecretChild("setHeaders"));
    RequestRewrite.PathRewrite path = path(mirror.optionalChild("rewritePath"));
    Value patch = mirror.optional("patchBody");
    return new RequestRewrite(headers, path, patch == null ? null : PatchBinder.patch(patch));
  }

  /** Refuses a patch where the rule may promote: users' bodies are never patched. */
  static void refuseAutomaticPromotion(
      RequestRewrite rewrite, Section mirror, DecideSettings decide) {
    Value patch = mirror.optional("patchBody");
    if (patch != null && rewrite.patchesBody() && decide.auto()) {
      patch.fault(
          "with decide.auto true, a promotion would send users' requests unpatched",
          "decide.auto: false");
    }
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
        value.fault(Quoted.text(name), "a header name");
      } else if (name.equalsIgnoreCase("Host")) {
        value.fault("not set here", "mirror.host: own or preserve");
      } else if (NOT_TO_SET.contains(name.toLowerCase(Locale.ROOT))) {
        value.fault("not to be set", HEADER_FORM);
      } else if (!seen.add(name)) {
        value.fault("a second time", "each header once, in any case");
      }
      String text = value.text("the header's value");
      if (text != null && !HEADER_VALUE.matcher(text).matches()) {
        // It may be a credential, so it is not shown.
        value.fault("not a header's value", "visible ASCII characters, blanks only between them");
      } else if (text != null) {
        headers.put(name, text);
      }
    }
    return headers;
  }

  private static RequestRewrite.@Nullable PathRewrite path(@Nullable Section section) {
    if (section == null) {
      return null;
    }
    Value patternValue = section.required("pattern", "an RE2 expression");
    Value replacementValue = section.required("replacement", REPLACEMENT_FORM);
    section.end();
    com.google.re2j.Pattern pattern = patternValue == null ? null : pattern(patternValue);
    String replacement =
        replacementValue == null ? null : replacementValue.text(REPLACEMENT, REPLACEMENT_FORM);
    if (pattern == null || replacement == null || replacementValue == null) {
      return null;
    }
    Matcher groups = GROUP.matcher(replacement);
    while (groups.find()) {
      boolean there =
          groups.group(1) == null
              ? pattern.namedGroups().containsKey(groups.group(2))
              : Integer.parseInt(groups.group(1)) <= pattern.groupCount();
      if (!there) {
        replacementValue.fault(groups.group(), "a group of the pattern");
      }
    }
    return new RequestRewrite.PathRewrite(pattern.pattern(), replacement);
  }

  private static com.google.re2j.@Nullable Pattern pattern(Value value) {
    String expected = "an RE2 expression of 1 to " + MAX_PATTERN_CHARS + " characters";
    String text = value.text(expected);
    if (text == null) {
      return null;
    }
    if (text.isEmpty() || text.length() > MAX_PATTERN_CHARS) {
      value.fault(text.length() + " characters", expected);
      return null;
    }
    try {
      com.google.re2j.Pattern pattern = com.google.re2j.Pattern.compile(text);
      if (pattern.programSize() > MAX_PROGRAM_SIZE) {
        value.fault("too large when compiled", "fewer or smaller repetitions");
      } else if (pattern.matcher("").find()) {
        value.fault(Quoted.text(text) + " matches nothing at all", "something of the path");
      } else {
        return pattern;
      }
    } catch (PatternSyntaxException e) {
      value.fault(Quoted.text(text) + ": " + Quoted.text(e.getDescription()), expected);
    }
    return null;
  }
}
