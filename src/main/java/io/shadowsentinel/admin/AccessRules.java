package io.shadowsentinel.admin;

import java.io.IOException;

/**
 * {@link AdminAccess} as it holds on a port, with the tokens that are in files.
 *
 * @param readsNeedToken whether it takes a token to see routes, decisions, conflicts and events
 * @param metricsNeedToken the same of the metrics
 */
record AccessRules(
    TokenBook tokens, boolean readsNeedToken, boolean metricsNeedToken, HostNames hosts) {

  /**
   * Reads the files. Blocks.
   *
   * @throws IOException when one of them holds no token
   */
  static AccessRules load(AdminSettings settings) throws IOException {
    AdminAccess access = settings.access();
    boolean tokens = !access.tokens().isEmpty();
    boolean readsNeedToken =
        switch (access.reads()) {
          case OPEN -> false;
          case TOKEN -> true;
          case BY_HOST -> !settings.isLoopback();
        };
    return new AccessRules(
        TokenBook.load(access.tokens()),
        tokens && readsNeedToken,
        tokens && access.metricsNeedToken(),
        new HostNames(settings.host(), access.allowedHosts()));
  }
}
