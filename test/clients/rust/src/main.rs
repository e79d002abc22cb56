//! The AWS SDK for Rust against the service that the environment names. It prints what it found as one JSON document.

mod example;
mod faults;
mod identity_pool;
mod renewal;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::{env, fs, path::PathBuf};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::{Credentials, provider::ProvideCredentials};
use aws_sdk_cognitoidentity as identity;
use aws_smithy_types::date_time::Format;
use serde_json::json;

use crate::example::{caller_of, web_identity};
use crate::identity_pool::IdentityPool;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let plain = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(plain)
        .no_credentials()
        .load()
        .await;
    let (guest, user, again) = (
        pool(&config, || None),
        pool(&config, login),
        pool(&config, login),
    );
    let mut found = json!({
        "runtime": env!("RUSTC_VERSION"),
        "sdk": [
            format!("aws-sdk-cognitoidentity {}", identity::meta::PKG_VERSION),
            format!("aws-sdk-sts {}", aws_sdk_sts::meta::PKG_VERSION),
        ],
        "callers": [
            caller_of(&config, setting("POOL"), || None).await.expect("a guest"),
            caller_of(&config, setting("POOL"), login).await.expect("a user"),
        ],
        "guest": renewal::renew(&config, guest.clone()).await,
        "user": renewal::renew(&config, user.clone()).await,
    });
    again.provide_credentials().await.expect("credentials");
    let id = id_of(&user);
    found["guest"]["identityId"] = id_of(&guest).into();
    found["user"]["identityId"] = id.clone().into();
    found["sameUser"] = id_of(&again).into();
    found["webIdentity"] =
        renewal::renew(&config, session_for(&config, token(&config, &id).await)).await;
    found["created"] = created(&config, &id).await.into();
    found["errors"] = faults::faults(&config, session_for(&config, setting("FORGED_TOKEN"))).await;
    println!("{found}");
}

fn pool(config: &SdkConfig, logins: fn() -> Option<HashMap<String, String>>) -> Arc<IdentityPool> {
    let client = identity::Client::new(config);
    Arc::new(IdentityPool {
        client,
        pool_id: setting("POOL"),
        logins,
        id: Mutex::new(None),
    })
}

fn login() -> Option<HashMap<String, String>> {
    Some(HashMap::from([(setting("LOGIN"), setting("LOGIN_TOKEN"))]))
}

fn id_of(pool: &IdentityPool) -> String {
    pool.id.lock().unwrap().clone().expect("an identity")
}

/// A token for an STS, of the identity of the user.
async fn token(config: &SdkConfig, id: &str) -> String {
    let asked = identity::Client::new(config)
        .get_open_id_token()
        .identity_id(id)
        .set_logins(login());
    asked.send().await.expect("a token").token.expect("a token")
}

fn session_for(config: &SdkConfig, token: String) -> Arc<dyn ProvideCredentials> {
    let file = PathBuf::from(setting("FOLDER")).join("token.jwt");
    fs::write(&file, token).expect("a file");
    Arc::new(web_identity(config, setting("USER_ROLE"), file))
}

/// Asked by the operator, whose calls are signed.
async fn created(config: &SdkConfig, id: &str) -> String {
    let key = Credentials::new(
        setting("OPERATOR_KEY"),
        setting("OPERATOR_SECRET"),
        None,
        None,
        "static",
    );
    let signing = identity::config::Builder::from(config)
        .credentials_provider(key)
        .build();
    let described = identity::Client::from_conf(signing)
        .describe_identity()
        .identity_id(id)
        .send()
        .await;
    described
        .expect("an identity")
        .creation_date
        .expect("a date")
        .fmt(Format::DateTime)
        .expect("a date")
}

fn setting(name: &str) -> String {
    env::var(name).expect(name)
}
