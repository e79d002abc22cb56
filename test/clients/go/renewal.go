package main

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// session is what credentials open, as GetCallerIdentity tells it.
type session struct {
	AccessKeyID string `json:"accessKeyId"`
	Expires     string `json:"expires"`
	ARN         string `json:"arn"`
}

type renewal struct {
	IdentityID string    `json:"identityId,omitempty"`
	Kept       []session `json:"kept"`
	Renewed    []session `json:"renewed"`
}

// renew asks a cache of the SDK twice: far from the end of a session, and near it.
func (c client) renew(provider aws.CredentialsProvider) renewal {
	const early, always = 5 * time.Minute, time.Hour
	keeping, renewing := cache(provider, early), cache(provider, always)
	return renewal{
		Kept:    []session{c.session(keeping, early), c.session(keeping, early)},
		Renewed: []session{c.session(renewing, always), c.session(renewing, always)},
	}
}

// cache renews credentials so long before they expire.
func cache(provider aws.CredentialsProvider, early time.Duration) aws.CredentialsProvider {
	return aws.NewCredentialsCache(provider, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = early })
}

// session calls with what a cache has. The cache tells the time at which it renews.
func (c client) session(provider aws.CredentialsProvider, early time.Duration) session {
	held, err := provider.Retrieve(c)
	check(err)
	cfg := c.config.Copy()
	cfg.Credentials = provider
	caller, err := sts.NewFromConfig(cfg).GetCallerIdentity(c, &sts.GetCallerIdentityInput{})
	check(err)
	return session{held.AccessKeyID, held.Expires.Add(early).Format(time.RFC3339), *caller.Arn}
}
