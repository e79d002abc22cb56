use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_config::{SdkConfig, identity::IdentityCache};
use aws_sdk_cognitoidentity as identity;
use aws_sdk_sts as sts;

use crate::identity_pool::IdentityPool;

/// Tells who calls with credentials of an identity pool.
pub async fn caller_of(
    config: &SdkConfig,
    pool_id: String,
    logins: fn() -> Option<HashMap<String, String>>,
) -> Result<Option<String>, sts::Error> {
    let pool = IdentityPool {
        client: identity::Client::new(config),
        pool_id,
        logins,
        id: Mutex::new(None),
    };
    let signing = sts::config::Builder::from(config)
        .credentials_provider(pool)
        .identity_cache(
            IdentityCache::lazy()
                .buffer_time(Duration::from_secs(300))
                .build(),
        )
        .build();
    let caller = sts::Client::from_conf(signing)
        .get_caller_identity()
        .send()
        .await?;
    Ok(caller.arn)
}

/// Gets a session for a token of GetOpenIdToken, which it reads from a file.
pub fn web_identity(
    config: &SdkConfig,
    role: String,
    file: PathBuf,
) -> WebIdentityTokenCredentialsProvider {
    let mut known = ProviderConfig::without_region().with_region(config.region().cloned());
    if let Some(client) = config.http_client() {
        known = known.with_http_client(client);
    }
    WebIdentityTokenCredentialsProvider::builder()
        .configure(&known)
        .static_configuration(StaticConfiguration {
            web_identity_token_file: file,
            role_arn: role,
            session_name: "web".into(),
        })
        .build()
}
