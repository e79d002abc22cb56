import { command } from '../lib/bootstrap.mjs'

const HELP = `Prints the trust policy of a role for workflows of GitHub Actions: for a role of this service, or of AWS. docs/connect/github-actions.md explains
each step. With --check it says what people get wrong in such a policy, for any issuer, and ends with code 1 for errors and 2 for warnings.

npm run --silent connect:github -- --account <account> --repository <owner>/<name> --branch <branch> [options]
npm run --silent connect:github -- --check <file>

  --account ID         the account of the role
  --repository O/R     the repository, by its owner and name
  --branch NAME        workflows on this branch
  --tag NAME           workflows on this tag; v* are all that begin with v
  --environment NAME   workflows for this environment; it should have protection rules
  --subject TEXT       a subject of your own, where the repository has a format of its own for it
  --repository-id N    the id of the repository, which nobody can take over; gh api repos/<owner>/<name> tells it
  --owner-id N         the id of its owner
  --issuer URL         the issuer of the tokens (https://token.actions.githubusercontent.com)
  --audience TEXT      the audience of the tokens (sts.amazonaws.com)
  --role NAME          name of the role (github-<name of the repository>)
  --endpoint URL       this service, for the steps that are told (https://identity.example.com)
  --bucket NAME        the role gives a grant of R2, for this bucket
  --access TEXT        what it allows there (object-read-write)
  --prefix TEXT        below which prefix: text, and segments such as @repository_id (@repository_id/)
  --check FILE         a trust policy to look at
  --help               this text

The policy goes to standard output, and what to do with it to standard error.`

await command(HELP, () => import('../connect/github-main.ts'))
