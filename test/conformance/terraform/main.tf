terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "endpoint" {
  type = string
}

# A second version of everything that this provider changes in place: not the name, and not the default roles.
variable "changed" {
  type    = bool
  default = false
}

locals {
  google    = "accounts.google.com"
  facebook  = "graph.facebook.com"
  user_pool = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zr231apJu"
}

provider "aws" {
  region     = "eu-west-1"
  access_key = "test"
  secret_key = "test"
  endpoints {
    cognitoidentity = var.endpoint
    iam             = var.endpoint
    sts             = var.endpoint
  }
}

resource "aws_iam_openid_connect_provider" "main" {
  url             = "https://issuer.example.com/tenant"
  client_id_list  = var.changed ? ["app-2", "app-3"] : ["app-1", "app-2"]
  thumbprint_list = [var.changed ? "cf23df2207d99a74fbe169e3eba035e633b65d94" : "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]
  tags            = var.changed ? { team = "platform", stage = "test" } : { team = "identity", cost = "1" }
}

resource "aws_iam_role" "user" {
  name                 = "app-user"
  path                 = "/app/"
  description          = var.changed ? "Users of the app" : "Users"
  max_session_duration = var.changed ? 7200 : 3600
  permissions_boundary = "arn:aws:iam::aws:policy/${var.changed ? "PowerUserAccess" : "ReadOnlyAccess"}"
  tags                 = var.changed ? { team = "platform" } : { team = "identity", cost = "1" }
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Action    = var.changed ? ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"] : ["sts:AssumeRoleWithWebIdentity"]
      Condition = {
        StringEquals             = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.main.id }
        "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "authenticated" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "user" {
  name = "own-folder"
  role = aws_iam_role.user.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = var.changed ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"]
      Resource = "arn:aws:s3:::app/$${cognito-identity.amazonaws.com:sub}/*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "user" {
  role       = aws_iam_role.user.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_saml_provider" "main" {
  name                   = "first"
  saml_metadata_document = templatefile("metadata.xml", { host = var.changed ? "new.example.com" : "idp.example.com" })
  tags                   = var.changed ? { team = "platform" } : { team = "identity", cost = "1" }
}

resource "aws_cognito_identity_pool" "main" {
  identity_pool_name               = "app"
  allow_unauthenticated_identities = var.changed
  allow_classic_flow               = !var.changed
  developer_provider_name          = "login.example.app"
  openid_connect_provider_arns     = [aws_iam_openid_connect_provider.main.arn]
  saml_provider_arns               = [var.changed ? "arn:aws:iam::000000000000:saml-provider/second" : aws_iam_saml_provider.main.arn]

  supported_login_providers = var.changed ? {
    (local.google) = "456.apps.googleusercontent.com"
    } : {
    (local.google)   = "123.apps.googleusercontent.com"
    (local.facebook) = "7346241598935552"
  }

  cognito_identity_providers {
    provider_name           = local.user_pool
    client_id               = var.changed ? "7lhlkkfbfb4q5kpp90urffae" : "6lhlkkfbfb4q5kpp90urffae"
    server_side_token_check = var.changed
  }

  cognito_identity_providers {
    provider_name           = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_SecondOne"
    client_id               = "second"
    server_side_token_check = false
  }

  tags = var.changed ? { team = "platform", stage = "test" } : { team = "identity", cost = "1" }
}

resource "aws_cognito_identity_pool_roles_attachment" "main" {
  identity_pool_id = aws_cognito_identity_pool.main.id

  roles = {
    authenticated   = aws_iam_role.user.arn
    unauthenticated = aws_iam_role.user.arn
  }

  role_mapping {
    identity_provider         = local.google
    type                      = "Rules"
    ambiguous_role_resolution = var.changed ? "Deny" : "AuthenticatedRole"

    mapping_rule {
      claim      = "department"
      match_type = var.changed ? "Contains" : "Equals"
      value      = "sales"
      role_arn   = aws_iam_role.user.arn
    }

    dynamic "mapping_rule" {
      for_each = var.changed ? ["NotEqual"] : []
      content {
        claim      = "level"
        match_type = mapping_rule.value
        value      = "0"
        role_arn   = "arn:aws:r2::000000000000:grant/photos/object-read-only/users/$${sub}/"
      }
    }
  }

  role_mapping {
    identity_provider         = aws_iam_openid_connect_provider.main.arn
    type                      = "Token"
    ambiguous_role_resolution = "Deny"
  }
}

resource "aws_cognito_identity_pool_provider_principal_tag" "custom" {
  identity_pool_id       = aws_cognito_identity_pool.main.id
  identity_provider_name = local.user_pool
  use_defaults           = false
  principal_tags         = var.changed ? { tenant = "custom:tenant", plan = "custom:plan" } : { tenant = "custom:tenant" }
}

resource "aws_cognito_identity_pool_provider_principal_tag" "defaults" {
  identity_pool_id       = aws_cognito_identity_pool.main.id
  identity_provider_name = local.google
  use_defaults           = true
}
