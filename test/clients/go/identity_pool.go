package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
)

// IdentityPool gets credentials from an identity pool: of a guest, or of the user whom Logins proves.
type IdentityPool struct {
	Client *cognitoidentity.Client
	PoolID string
	Logins func() map[string]string // asked each time, since tokens of logins expire
	id     *string
}

func (p *IdentityPool) Retrieve(ctx context.Context) (aws.Credentials, error) {
	var logins map[string]string
	if p.Logins != nil {
		logins = p.Logins()
	}
	if p.id == nil {
		found, err := p.Client.GetId(ctx, &cognitoidentity.GetIdInput{IdentityPoolId: &p.PoolID, Logins: logins})
		if err != nil {
			return aws.Credentials{}, err
		}
		p.id = found.IdentityId
	}
	given, err := p.Client.GetCredentialsForIdentity(ctx,
		&cognitoidentity.GetCredentialsForIdentityInput{IdentityId: p.id, Logins: logins})
	if err != nil {
		return aws.Credentials{}, err
	}
	p.id = given.IdentityId // another one, if two identities of the user were merged
	return aws.Credentials{
		AccessKeyID:     *given.Credentials.AccessKeyId,
		SecretAccessKey: *given.Credentials.SecretKey,
		SessionToken:    *given.Credentials.SessionToken,
		CanExpire:       true,
		Expires:         *given.Credentials.Expiration,
		Source:          "IdentityPool",
	}, nil
}
