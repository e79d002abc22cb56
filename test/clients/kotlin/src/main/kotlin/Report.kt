/** What the program prints. */
data class Report(
    val runtime: String,
    val sdk: List<String>,
    val callers: List<String?>,
    val guest: Renewal,
    val user: Renewal,
    val sameUser: String?,
    val webIdentity: Renewal,
    val created: String,
    val errors: Map<String, Fault>,
)

/** What a cache of the SDK gave for two calls, far from the end of a session and near it. */
data class Renewal(val identityId: String?, val kept: List<Session>, val renewed: List<Session>)

/** What credentials open, as GetCallerIdentity tells it. */
data class Session(val accessKeyId: String, val expires: String, val arn: String?)

/** An error of the service as the SDK hands it out; typed: as the type that the SDK has for it. */
data class Fault(val code: String?, val message: String?, val typed: Boolean, val status: Int, val requestId: String?)
