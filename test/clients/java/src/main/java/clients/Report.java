package clients;

import java.util.List;
import java.util.Map;

/** What the program prints. */
record Report(
    String runtime,
    List<String> sdk,
    List<String> callers,
    Renewal guest,
    Renewal user,
    String sameUser,
    Renewal webIdentity,
    String created,
    Map<String, Fault> errors) {

  /** What a provider gave for two calls, far from the end of a session and near it. */
  record Renewal(String identityId, List<Session> kept, List<Session> renewed) {}

  /** What credentials open, as GetCallerIdentity tells it. */
  record Session(String accessKeyId, String expires, String arn) {}

  /** An error of the service as the SDK hands it out; typed: as the type that the SDK has for it. */
  record Fault(String code, String message, boolean typed, int status, String requestId) {}
}
