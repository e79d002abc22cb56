/**
 * Whether keys and values of tags may have this text: letters, digits and spaces of any script, and `_ . : / = + - @` (IAM
 * User Guide, "Tags for IAM resources").
 *
 * The expression stands in the function because its sets are large: an isolate makes them when it meets the first tag, and
 * not when it starts.
 */
export function isTagText(text: string): boolean {
  return /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u.test(text)
}

/** The names in a tag whose value is a list. They stand between blanks, because the values of tags may have no comma. */
export function namesInTag(value: string): string[] {
  return value.split(' ').filter((name) => name !== '')
}
