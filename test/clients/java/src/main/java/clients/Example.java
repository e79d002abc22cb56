package clients;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.cognitoidentity.CognitoIdentityClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

/** What docs/clients.md shows. */
final class Example {
  private Example() {}

  /** Tells who calls with credentials of an identity pool. */
  static String callerOf(String poolId, Supplier<Map<String, String>> logins) {
    var unsigned = AnonymousCredentialsProvider.create();
    try (var identity = CognitoIdentityClient.builder().credentialsProvider(unsigned).build()) {
      var pool = new IdentityPool(identity, poolId, logins, Duration.ofMinutes(5));
      try (var sts = StsClient.builder().credentialsProvider(pool).build()) {
        return sts.getCallerIdentity().arn();
      }
    }
  }

  /** Gets a session for a token of GetOpenIdToken, which it reads from a file. */
  static AwsCredentialsProvider webIdentity(StsClient unsigned, String role, Path file, Duration early) {
    return StsWebIdentityTokenFileCredentialsProvider.builder()
        .stsClient(unsigned)
        .webIdentityTokenFile(file)
        .roleArn(role)
        .roleSessionName("web")
        .refreshRequest(r -> r.roleArn(role).roleSessionName("web").durationSeconds(900))
        .prefetchTime(early)
        .staleTime(early)
        .build();
  }
}
