import aws.sdk.kotlin.services.cognitoidentity.CognitoIdentityClient
import aws.sdk.kotlin.services.cognitoidentity.getCredentialsForIdentity
import aws.sdk.kotlin.services.cognitoidentity.getId
import aws.smithy.kotlin.runtime.auth.awscredentials.Credentials
import aws.smithy.kotlin.runtime.auth.awscredentials.CredentialsProvider
import aws.smithy.kotlin.runtime.collections.Attributes

/** Gets credentials from an identity pool: of a guest, or of the user whom the logins prove. */
class IdentityPool(
    private val client: CognitoIdentityClient,
    private val poolId: String,
    private val proofs: () -> Map<String, String>?, // asked each time, since tokens of logins expire
) : CredentialsProvider {
    var id: String? = null
        private set

    override suspend fun resolve(attributes: Attributes): Credentials {
        val proven = proofs()
        val known = id ?: client.getId { identityPoolId = poolId; logins = proven }.identityId
        val given = client.getCredentialsForIdentity { identityId = known; logins = proven }
        id = given.identityId // another one, if two identities of the user were merged
        val keys = checkNotNull(given.credentials)
        return Credentials(
            accessKeyId = checkNotNull(keys.accessKeyId),
            secretAccessKey = checkNotNull(keys.secretKey),
            sessionToken = keys.sessionToken,
            expiration = keys.expiration,
        )
    }
}
