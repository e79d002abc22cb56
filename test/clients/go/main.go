// The AWS SDK for Go against the service that the environment names. What it found is one JSON document on standard output.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

type report struct {
	Runtime     string           `json:"runtime"`
	SDK         []string         `json:"sdk"`
	Callers     []string         `json:"callers"`
	Guest       renewal          `json:"guest"`
	User        renewal          `json:"user"`
	SameUser    string           `json:"sameUser"`
	WebIdentity renewal          `json:"webIdentity"`
	Created     string           `json:"created"`
	Errors      map[string]fault `json:"errors"`
}

// client has what the calls need, and the context of all of them.
type client struct {
	context.Context
	config   aws.Config
	identity *cognitoidentity.Client
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	check(err)
	c := client{ctx, cfg, cognitoidentity.NewFromConfig(cfg)}
	guest, user := c.pool(nil), c.pool(login)
	found := report{
		Runtime:     runtime.Version(),
		SDK:         modules(),
		Callers:     []string{c.caller(nil), c.caller(login)},
		Guest:       c.renew(guest),
		User:        c.renew(user),
		SameUser:    c.idOf(c.pool(login)),
		WebIdentity: c.renew(c.webIdentity(c.token(user))),
		Created:     c.created(*user.id),
		Errors:      c.faults(),
	}
	found.Guest.IdentityID, found.User.IdentityID = *guest.id, *user.id
	check(json.NewEncoder(os.Stdout).Encode(found))
}

func (c client) caller(logins func() map[string]string) string {
	arn, err := callerOf(c, os.Getenv("POOL"), logins)
	check(err)
	return arn
}

func (c client) pool(logins func() map[string]string) *IdentityPool {
	return &IdentityPool{Client: c.identity, PoolID: os.Getenv("POOL"), Logins: logins}
}

func login() map[string]string {
	return map[string]string{os.Getenv("LOGIN"): os.Getenv("LOGIN_TOKEN")}
}

func (c client) idOf(pool *IdentityPool) string {
	_, err := pool.Retrieve(c)
	check(err)
	return *pool.id
}

// token is one for an STS, of the identity of a user.
func (c client) token(pool *IdentityPool) string {
	given, err := c.identity.GetOpenIdToken(c, &cognitoidentity.GetOpenIdTokenInput{IdentityId: pool.id, Logins: login()})
	check(err)
	return *given.Token
}

func (c client) webIdentity(token string) aws.CredentialsProvider {
	file := filepath.Join(os.Getenv("FOLDER"), "token.jwt")
	check(os.WriteFile(file, []byte(token), 0o600))
	return webIdentity(sts.NewFromConfig(c.config), os.Getenv("USER_ROLE"), file)
}

// created is asked by the operator, whose calls are signed.
func (c client) created(id string) string {
	key := credentials.NewStaticCredentialsProvider(os.Getenv("OPERATOR_KEY"), os.Getenv("OPERATOR_SECRET"), "")
	described, err := c.identity.DescribeIdentity(c, &cognitoidentity.DescribeIdentityInput{IdentityId: &id},
		func(o *cognitoidentity.Options) { o.Credentials = key })
	check(err)
	return described.CreationDate.Format(time.RFC3339)
}

func modules() []string {
	info, _ := debug.ReadBuildInfo()
	found := []string{}
	for _, module := range info.Deps {
		switch strings.TrimPrefix(module.Path, "github.com/aws/aws-sdk-go-v2") {
		case "", "/credentials", "/service/cognitoidentity", "/service/sts":
			found = append(found, module.Path+" "+module.Version)
		}
	}
	return found
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
