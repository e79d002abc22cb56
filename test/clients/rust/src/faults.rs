use std::{error::Error, sync::Arc};

use aws_config::SdkConfig;
use aws_credential_types::{Credentials, provider::ProvideCredentials};
use aws_sdk_cognitoidentity::operation::get_id::GetIdError;
use aws_sdk_sts::operation::RequestId;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_sdk_sts::{self as sts, error::ProvideErrorMetadata, error::SdkError};
use serde_json::{Value, json};

use crate::{identity, setting};

/// Calls that the service refuses.
pub async fn faults(config: &SdkConfig, forged: Arc<dyn ProvideCredentials>) -> Value {
    let client = identity::Client::new(config);
    let ask = |pool: String| client.get_id().identity_pool_id(pool);
    let forged_login = ask(setting("POOL")).logins(setting("LOGIN"), setting("FORGED_TOKEN"));
    let forged_identity = forged.provide_credentials().await.expect_err("a refusal");
    let none = Credentials::new(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None,
        None,
        "static",
    );
    let stranger = sts::config::Builder::from(config)
        .credentials_provider(none)
        .build();
    let unknown_key = sts::Client::from_conf(stranger)
        .get_caller_identity()
        .send()
        .await;
    json!({
        "forgedLogin": fault(forged_login.send().await.as_ref().err(), GetIdError::is_not_authorized_exception),
        "unknownPool":
            fault(ask(setting("UNKNOWN_POOL")).send().await.as_ref().err(), GetIdError::is_resource_not_found_exception),
        "invalid": fault(ask("x".into()).send().await.as_ref().err(), |_| true),
        "forgedIdentity":
            fault(cause(&forged_identity), AssumeRoleWithWebIdentityError::is_invalid_identity_token_exception),
        "unknownKey": fault(unknown_key.as_ref().err(), |_| true),
    })
}

/// The error of STS behind one of a provider.
fn cause<'a>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a SdkError<AssumeRoleWithWebIdentityError>> {
    error
        .downcast_ref()
        .or_else(|| error.source().and_then(cause))
}

/// An error of the service as the SDK hands it out; typed: as the type that the SDK has for it.
fn fault<E: ProvideErrorMetadata>(error: Option<&SdkError<E>>, is_typed: fn(&E) -> bool) -> Value
where
    SdkError<E>: RequestId,
{
    let error = error.expect("an error of the service");
    json!({
        "code": error.code(),
        "message": error.message(),
        "typed": error.as_service_error().is_some_and(is_typed),
        "status": error.raw_response().map(|answer| answer.status().as_u16()),
        "requestId": error.request_id(),
    })
}
