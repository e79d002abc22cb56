import aws.sdk.kotlin.runtime.auth.credentials.StaticCredentialsProvider
import aws.sdk.kotlin.services.cognitoidentity.CognitoIdentityClient
import aws.sdk.kotlin.services.cognitoidentity.describeIdentity
import aws.sdk.kotlin.services.cognitoidentity.getOpenIdToken
import aws.sdk.kotlin.services.sts.StsClient
import aws.sdk.kotlin.services.sts.getCallerIdentity
import aws.smithy.kotlin.runtime.auth.awscredentials.CachedCredentialsProvider
import aws.smithy.kotlin.runtime.auth.awscredentials.CredentialsProvider
import com.google.gson.Gson
import java.io.File
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.runBlocking

/** The AWS SDK for Kotlin against the service that the environment names. It prints what it found as one JSON document. */
fun main() = runBlocking {
    println(CognitoIdentityClient.fromEnvironment().use { identity -> Gson().toJson(report(identity)) })
}

private suspend fun report(identity: CognitoIdentityClient): Report {
    val (guest, user, again) = listOf({ null }, ::login, ::login).map { IdentityPool(identity, setting("POOL"), it) }
    val ofGuest = renewal(guest)
    val ofUser = renewal(user)
    again.resolve()
    return Report(
        runtime = "Kotlin ${KotlinVersion.CURRENT} on Java ${Runtime.version().feature()}",
        sdk = modules(),
        callers = listOf(callerOf(setting("POOL")) { null }, callerOf(setting("POOL"), ::login)),
        guest = ofGuest.copy(identityId = guest.id),
        user = ofUser.copy(identityId = user.id),
        sameUser = again.id,
        webIdentity = renewal(webIdentity(setting("USER_ROLE"), token(identity, user.id), setting("AWS_REGION"))),
        created = created(user.id),
        errors = faults(identity),
    )
}

fun login() = mapOf(setting("LOGIN") to setting("LOGIN_TOKEN"))

fun setting(name: String): String = checkNotNull(System.getenv(name)) { "$name is not set." }

private suspend fun renewal(provider: CredentialsProvider): Renewal {
    val far = cache(provider, 5.minutes)
    val near = cache(provider, 1.hours)
    return Renewal(null, listOf(session(far), session(far)), listOf(session(near), session(near)))
}

/** Renews credentials so long before they expire. */
private fun cache(provider: CredentialsProvider, early: Duration) =
    CachedCredentialsProvider(provider, refreshBufferWindow = early)

private suspend fun session(provider: CredentialsProvider): Session {
    val held = provider.resolve()
    val caller = StsClient.fromEnvironment { credentialsProvider = provider }.use { it.getCallerIdentity {} }
    return Session(held.accessKeyId, held.expiration.toString(), caller.arn)
}

/** A file with a token for an STS, of the identity of the user. */
private suspend fun token(identity: CognitoIdentityClient, id: String?): String {
    val given = identity.getOpenIdToken { identityId = id; logins = login() }
    return File(setting("FOLDER"), "token.jwt").apply { writeText(checkNotNull(given.token)) }.path
}

/** Asked by the operator, whose calls are signed. */
private suspend fun created(id: String?): String {
    val key = StaticCredentialsProvider {
        accessKeyId = setting("OPERATOR_KEY")
        secretAccessKey = setting("OPERATOR_SECRET")
    }
    return CognitoIdentityClient.fromEnvironment { credentialsProvider = key }
        .use { it.describeIdentity { identityId = id } }.creationDate.toString()
}

/** As the names of their files tell it. */
private fun modules(): List<String> =
    Regex("""/((?:aws-config|cognitoidentity|sts)-jvm)-([\d.]+)\.jar""").findAll(System.getProperty("java.class.path"))
        .map { "aws.sdk.kotlin:${it.groupValues[1]} ${it.groupValues[2]}" }.sorted().toList()
