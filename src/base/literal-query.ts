/**
 * The query of an address, where a plus sign is a plus sign. In a form it stands for a blank, and so does `URLSearchParams`
 * read it. SigV4 signs it as `%2B`, and what is signed must be what is read. Source: IAM User Guide, "Create a signed AWS
 * API request": a blank is `%20` and never a plus sign.
 */
export function literalQuery({ search }: URL): string {
  return search.replaceAll('+', '%2B')
}
