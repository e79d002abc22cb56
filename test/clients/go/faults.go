package main

import (
	"errors"
	"log"
	"os"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	identity "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	tokens "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
)

// fault is an error of the service as the SDK hands it out.
type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	// Typed: it has the type that the SDK has for it, the general one where there is none of its own.
	Typed     bool   `json:"typed"`
	Status    int    `json:"status"`
	RequestID string `json:"requestId"`
}

func (c client) faults() map[string]fault {
	getID := func(pool string, logins map[string]string) error {
		_, err := c.identity.GetId(c, &cognitoidentity.GetIdInput{IdentityPoolId: &pool, Logins: logins})
		return err
	}
	forged := map[string]string{os.Getenv("LOGIN"): os.Getenv("FORGED_TOKEN")}
	_, noSession := c.webIdentity(os.Getenv("FORGED_TOKEN")).Retrieve(c)
	stranger := credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "")
	_, unknownKey := sts.NewFromConfig(c.config, func(o *sts.Options) { o.Credentials = stranger }).
		GetCallerIdentity(c, &sts.GetCallerIdentityInput{})
	return map[string]fault{
		"forgedLogin":    as[*identity.NotAuthorizedException](getID(os.Getenv("POOL"), forged)),
		"unknownPool":    as[*identity.ResourceNotFoundException](getID(os.Getenv("UNKNOWN_POOL"), nil)),
		"invalid":        as[*smithy.GenericAPIError](getID("x", nil)),
		"forgedIdentity": as[*tokens.InvalidIdentityTokenException](noSession),
		"unknownKey":     as[*smithy.GenericAPIError](unknownKey),
	}
}

func as[Type error](err error) fault {
	var typed Type
	var api smithy.APIError
	var answer *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &answer) {
		log.Fatalf("no error of the service: %v", err)
	}
	return fault{api.ErrorCode(), api.ErrorMessage(), errors.As(err, &typed), answer.HTTPStatusCode(), answer.ServiceRequestID()}
}
