package clients;

import clients.Report.Renewal;
import clients.Report.Session;
import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.services.cognitoidentity.CognitoIdentityClient;
import software.amazon.awssdk.services.sts.StsClient;

/** The AWS SDK for Java against the service that the environment names. It prints what it found as one JSON document. */
final class Main {
  private static final Duration FAR = Duration.ofMinutes(5);
  private static final Duration NEAR = Duration.ofHours(1);

  private final CognitoIdentityClient identity =
      CognitoIdentityClient.builder().credentialsProvider(AnonymousCredentialsProvider.create()).build();
  private final StsClient sts = StsClient.builder().credentialsProvider(AnonymousCredentialsProvider.create()).build();

  public static void main(String[] args) {
    System.out.println(new Gson().toJson(new Main().report()));
  }

  private Report report() {
    var user = renewal(Main::login);
    return new Report(
        "Java " + Runtime.version().feature(),
        List.of("software.amazon.awssdk " + VersionInfo.SDK_VERSION),
        List.of(Example.callerOf(setting("POOL"), Map::of), Example.callerOf(setting("POOL"), Main::login)),
        renewal(Map::of),
        user,
        idOf(pool(Main::login, FAR)),
        renewal(token(user.identityId())),
        created(user.identityId()),
        Faults.of(identity, this));
  }

  private Renewal renewal(Supplier<Map<String, String>> logins) {
    var far = pool(logins, FAR);
    var kept = List.of(session(far), session(far));
    var near = pool(logins, NEAR);
    return new Renewal(idOf(far), kept, List.of(session(near), session(near)));
  }

  private Renewal renewal(String token) {
    var far = webIdentity(token, FAR);
    var kept = List.of(session(far), session(far));
    var near = webIdentity(token, NEAR);
    return new Renewal(null, kept, List.of(session(near), session(near)));
  }

  private static Session session(AwsCredentialsProvider provider) {
    var held = provider.resolveCredentials();
    try (var caller = StsClient.builder().credentialsProvider(provider).build()) {
      var arn = caller.getCallerIdentity().arn();
      return new Session(held.accessKeyId(), held.expirationTime().orElseThrow().toString(), arn);
    }
  }

  private IdentityPool pool(Supplier<Map<String, String>> logins, Duration early) {
    return new IdentityPool(identity, setting("POOL"), logins, early);
  }

  private static String idOf(IdentityPool pool) {
    pool.resolveCredentials();
    return pool.identityId();
  }

  private static Map<String, String> login() {
    return Map.of(setting("LOGIN"), setting("LOGIN_TOKEN"));
  }

  private String token(String identityId) {
    return identity.getOpenIdToken(r -> r.identityId(identityId).logins(login())).token();
  }

  AwsCredentialsProvider webIdentity(String token, Duration early) {
    try {
      var file = Files.writeString(Path.of(setting("FOLDER"), "token.jwt"), token);
      return Example.webIdentity(sts, setting("USER_ROLE"), file, early);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /** Asked by the operator, whose calls are signed. */
  private static String created(String identityId) {
    var key = AwsBasicCredentials.create(setting("OPERATOR_KEY"), setting("OPERATOR_SECRET"));
    var signing = StaticCredentialsProvider.create(key);
    try (var operator = CognitoIdentityClient.builder().credentialsProvider(signing).build()) {
      return operator.describeIdentity(r -> r.identityId(identityId)).creationDate().toString();
    }
  }

  static String setting(String name) {
    return System.getenv(name);
  }
}
