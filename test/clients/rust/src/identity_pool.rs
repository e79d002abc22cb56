use std::collections::HashMap;
use std::sync::Mutex;

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError, future};
use aws_sdk_cognitoidentity as identity;

/// Gets credentials from an identity pool: of a guest, or of the user whom the logins prove.
#[derive(Debug)]
pub struct IdentityPool {
    pub client: identity::Client,
    pub pool_id: String,
    pub logins: fn() -> Option<HashMap<String, String>>, // asked each time, since tokens of logins expire
    pub id: Mutex<Option<String>>,
}

impl IdentityPool {
    async fn fetch(&self) -> Result<Credentials, identity::Error> {
        let logins = (self.logins)();
        let mut id = self.id.lock().unwrap().clone();
        if id.is_none() {
            let found = self.client.get_id().identity_pool_id(&self.pool_id);
            id = found.set_logins(logins.clone()).send().await?.identity_id;
        }
        let asked = self
            .client
            .get_credentials_for_identity()
            .set_identity_id(id);
        let given = asked.set_logins(logins).send().await?;
        *self.id.lock().unwrap() = given.identity_id; // another one, if two identities of the user were merged
        let keys = given.credentials.unwrap();
        let expires = keys.expiration.and_then(|at| at.try_into().ok());
        let (key, secret) = (keys.access_key_id.unwrap(), keys.secret_key.unwrap());
        Ok(Credentials::new(
            key,
            secret,
            keys.session_token,
            expires,
            "IdentityPool",
        ))
    }
}

impl ProvideCredentials for IdentityPool {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.fetch().await.map_err(CredentialsError::provider_error)
        })
    }
}
