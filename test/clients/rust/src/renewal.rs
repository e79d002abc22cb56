use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{SdkConfig, identity::IdentityCache};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, Result, future};
use aws_sdk_sts as sts;
use aws_smithy_types::{DateTime, date_time::Format};
use serde_json::{Value, json};

const FAR: Duration = Duration::from_secs(300);
const NEAR: Duration = Duration::from_secs(86_400);

/// Remembers what a provider gave last, which the cache of a client does not tell.
#[derive(Debug)]
struct Heard {
    provider: Arc<dyn ProvideCredentials>,
    last: Arc<Mutex<Option<Credentials>>>,
}

impl Heard {
    async fn ask(&self) -> Result {
        let given = self.provider.provide_credentials().await?;
        *self.last.lock().unwrap() = Some(given.clone());
        Ok(given)
    }
}

impl ProvideCredentials for Heard {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.ask())
    }
}

/// Calls twice by a cache of the SDK: far from the end of a session, and near it.
pub async fn renew(config: &SdkConfig, provider: Arc<dyn ProvideCredentials>) -> Value {
    json!({
        "kept": sessions(config, provider.clone(), FAR).await,
        "renewed": sessions(config, provider, NEAR).await,
    })
}

/// What two calls of one client had. The cache renews credentials so long before they expire.
async fn sessions(
    config: &SdkConfig,
    provider: Arc<dyn ProvideCredentials>,
    early: Duration,
) -> Vec<Value> {
    let last = Arc::new(Mutex::new(None));
    let signing = sts::config::Builder::from(config)
        .credentials_provider(Heard {
            provider,
            last: last.clone(),
        })
        .identity_cache(IdentityCache::lazy().buffer_time(early).build())
        .build();
    let client = sts::Client::from_conf(signing);
    let mut found = vec![];
    for _ in 0..2 {
        let caller = client.get_caller_identity().send().await.expect("a caller");
        let held: Credentials = last.lock().unwrap().clone().expect("credentials");
        let expires = DateTime::from(held.expiry().expect("an end"))
            .fmt(Format::DateTime)
            .expect("a date");
        found.push(
            json!({ "accessKeyId": held.access_key_id(), "expires": expires, "arn": caller.arn }),
        );
    }
    found
}
