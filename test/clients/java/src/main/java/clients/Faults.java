package clients;

import static clients.Main.setting;

import clients.Report.Fault;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cognitoidentity.CognitoIdentityClient;
import software.amazon.awssdk.services.cognitoidentity.model.CognitoIdentityException;
import software.amazon.awssdk.services.cognitoidentity.model.NotAuthorizedException;
import software.amazon.awssdk.services.cognitoidentity.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.InvalidIdentityTokenException;
import software.amazon.awssdk.services.sts.model.StsException;

/** Calls that the service refuses. */
final class Faults {
  private Faults() {}

  static Map<String, Fault> of(CognitoIdentityClient identity, Main main) {
    var pool = setting("POOL");
    var forged = Map.of(setting("LOGIN"), setting("FORGED_TOKEN"));
    var none = AwsBasicCredentials.create("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    var stranger = StsClient.builder().credentialsProvider(StaticCredentialsProvider.create(none)).build();
    var session = main.webIdentity(setting("FORGED_TOKEN"), Duration.ZERO);
    return Map.of(
        "forgedLogin",
        of(NotAuthorizedException.class, () -> identity.getId(r -> r.identityPoolId(pool).logins(forged))),
        "unknownPool",
        of(ResourceNotFoundException.class, () -> identity.getId(r -> r.identityPoolId(setting("UNKNOWN_POOL")))),
        "invalid",
        of(CognitoIdentityException.class, () -> identity.getId(r -> r.identityPoolId("x"))),
        "forgedIdentity",
        of(InvalidIdentityTokenException.class, session::resolveCredentials),
        "unknownKey",
        of(StsException.class, stranger::getCallerIdentity));
  }

  private static Fault of(Class<? extends AwsServiceException> type, Runnable call) {
    try {
      call.run();
    } catch (AwsServiceException refusal) {
      var told = refusal.awsErrorDetails();
      var typed = refusal.getClass() == type;
      return new Fault(told.errorCode(), told.errorMessage(), typed, refusal.statusCode(), refusal.requestId());
    }
    throw new IllegalStateException("The service did not refuse.");
  }
}
