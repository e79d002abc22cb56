import aws.sdk.kotlin.runtime.auth.credentials.StaticCredentialsProvider
import aws.sdk.kotlin.services.cognitoidentity.CognitoIdentityClient
import aws.sdk.kotlin.services.cognitoidentity.getId
import aws.sdk.kotlin.services.cognitoidentity.model.CognitoIdentityException
import aws.sdk.kotlin.services.cognitoidentity.model.NotAuthorizedException
import aws.sdk.kotlin.services.cognitoidentity.model.ResourceNotFoundException
import aws.sdk.kotlin.services.sts.StsClient
import aws.sdk.kotlin.services.sts.assumeRoleWithWebIdentity
import aws.sdk.kotlin.services.sts.getCallerIdentity
import aws.sdk.kotlin.services.sts.model.InvalidIdentityTokenException
import aws.sdk.kotlin.services.sts.model.StsException
import aws.smithy.kotlin.runtime.ServiceException
import aws.smithy.kotlin.runtime.http.response.HttpResponse
import kotlin.reflect.KClass

/** Calls that the service refuses. */
suspend fun faults(identity: CognitoIdentityClient): Map<String, Fault> {
    val pool = setting("POOL")
    val forged = setting("FORGED_TOKEN")
    val none = StaticCredentialsProvider {
        accessKeyId = "AKIAIOSFODNN7EXAMPLE"
        secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    }
    return StsClient.fromEnvironment { credentialsProvider = none }.use { sts ->
        mapOf(
            "forgedLogin" to fault(NotAuthorizedException::class) {
                identity.getId { identityPoolId = pool; logins = mapOf(setting("LOGIN") to forged) }
            },
            "unknownPool" to fault(ResourceNotFoundException::class) {
                identity.getId { identityPoolId = setting("UNKNOWN_POOL") }
            },
            "invalid" to fault(CognitoIdentityException::class) { identity.getId { identityPoolId = "x" } },
            "forgedIdentity" to fault(InvalidIdentityTokenException::class) {
                sts.assumeRoleWithWebIdentity {
                    roleArn = setting("USER_ROLE")
                    roleSessionName = "web"
                    webIdentityToken = forged
                }
            },
            "unknownKey" to fault(StsException::class) { sts.getCallerIdentity {} },
        )
    }
}

private suspend fun fault(type: KClass<out ServiceException>, call: suspend () -> Unit): Fault {
    try {
        call()
    } catch (refusal: ServiceException) {
        val told = refusal.sdkErrorMetadata
        val answer = told.protocolResponse as HttpResponse
        // `told.requestId` is that of a header of S3.
        val id = answer.headers["x-amzn-RequestId"]
        return Fault(told.errorCode, told.errorMessage, refusal::class == type, answer.status.value, id)
    }
    error("The service did not refuse.")
}
