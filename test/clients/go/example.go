package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// callerOf tells who calls with credentials of an identity pool.
func callerOf(ctx context.Context, poolID string, logins func() map[string]string) (string, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	if err != nil {
		return "", err
	}
	pool := &IdentityPool{Client: cognitoidentity.NewFromConfig(cfg), PoolID: poolID, Logins: logins}
	early := func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = 5 * time.Minute }
	cfg.Credentials = aws.NewCredentialsCache(pool, early)
	caller, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return *caller.Arn, nil
}

// webIdentity gets a session for a token of GetOpenIdToken, which it reads from a file.
func webIdentity(client *sts.Client, role, file string) aws.CredentialsProvider {
	short := func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName, o.Duration = "web", 15*time.Minute }
	return stscreds.NewWebIdentityRoleProvider(client, role, stscreds.IdentityTokenFile(file), short)
}
