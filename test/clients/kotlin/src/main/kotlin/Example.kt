import aws.sdk.kotlin.runtime.auth.credentials.StsWebIdentityCredentialsProvider
import aws.sdk.kotlin.services.cognitoidentity.CognitoIdentityClient
import aws.sdk.kotlin.services.sts.StsClient
import aws.sdk.kotlin.services.sts.getCallerIdentity
import aws.smithy.kotlin.runtime.auth.awscredentials.CachedCredentialsProvider
import kotlin.time.Duration.Companion.minutes

/** Tells who calls with credentials of an identity pool. */
suspend fun callerOf(poolId: String, proofs: () -> Map<String, String>?): String? =
    CognitoIdentityClient.fromEnvironment().use { identity ->
        val pool = IdentityPool(identity, poolId, proofs)
        val cached = CachedCredentialsProvider(pool, refreshBufferWindow = 5.minutes)
        StsClient.fromEnvironment { credentialsProvider = cached }.use { sts -> sts.getCallerIdentity {}.arn }
    }

/** Gets a session for a token of GetOpenIdToken, which it reads from a file. */
fun webIdentity(role: String, file: String, region: String) =
    StsWebIdentityCredentialsProvider(role, file, region, roleSessionName = "web", duration = 15.minutes)
