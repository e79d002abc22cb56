package clients;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.services.cognitoidentity.CognitoIdentityClient;

/** Gets credentials from an identity pool: of a guest, or of the user whom the logins prove. */
final class IdentityPool implements AwsCredentialsProvider {
  private final CognitoIdentityClient client;
  private final String poolId;
  private final Supplier<Map<String, String>> logins; // asked each time, since tokens of logins expire
  private final Duration early;
  private String identityId;
  private AwsSessionCredentials held;

  IdentityPool(CognitoIdentityClient client, String poolId, Supplier<Map<String, String>> logins, Duration early) {
    this.client = client;
    this.poolId = poolId;
    this.logins = logins;
    this.early = early; // so long before they expire, the credentials are renewed
  }

  @Override
  public synchronized AwsSessionCredentials resolveCredentials() {
    if (held == null || Instant.now().isAfter(held.expirationTime().orElseThrow().minus(early))) held = fetch();
    return held;
  }

  synchronized String identityId() {
    return identityId;
  }

  private AwsSessionCredentials fetch() {
    var proven = logins.get();
    if (identityId == null) identityId = client.getId(r -> r.identityPoolId(poolId).logins(proven)).identityId();
    var given = client.getCredentialsForIdentity(r -> r.identityId(identityId).logins(proven));
    identityId = given.identityId(); // another one, if two identities of the user were merged
    var keys = given.credentials();
    return AwsSessionCredentials.builder()
        .accessKeyId(keys.accessKeyId())
        .secretAccessKey(keys.secretKey())
        .sessionToken(keys.sessionToken())
        .expirationTime(keys.expiration())
        .build();
  }
}
