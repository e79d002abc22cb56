import { ASSERTION } from './names.ts'
import type { SamlRole } from './types.ts'
import { attributeOf, childrenNamed, textOf, type XmlElement } from './xml.ts'

/** Attributes of an assertion by name, each with its values. Names are the identity provider's own, whatever they spell. */
export type Attributes = ReadonlyMap<string, readonly string[]>

const ROLE = 'https://aws.amazon.com/SAML/Attributes/Role'

/** The attributes of a verified assertion. A value that holds more than text is left out. */
export function attributesOf(assertion: XmlElement): Attributes {
  const attributes = new Map<string, string[]>()
  const given = childrenNamed(assertion, ASSERTION, 'AttributeStatement').flatMap((statement) =>
    childrenNamed(statement, ASSERTION, 'Attribute'),
  )
  for (const attribute of given) {
    const name = attributeOf(attribute, 'Name')
    if (name === undefined) continue
    const values = childrenNamed(attribute, ASSERTION, 'AttributeValue').flatMap((value) => textOf(value) ?? [])
    attributes.set(name, [...(attributes.get(name) ?? []), ...values])
  }
  return attributes
}

/** Attributes as claims: one value as itself, several as a list. */
export function claimsOf(attributes: Attributes): [string, string | readonly string[]][] {
  return [...attributes].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values])
}

/**
 * The roles that an assertion offers through this provider: `role,provider` or the other way round. Pairs with another
 * provider are for another account.
 */
export function rolesOf(attributes: Attributes, providerArn: string): SamlRole[] {
  return (attributes.get(ROLE) ?? []).flatMap((value) => {
    const pair = value.split(/,(?=\s*arn:)/).map((arn) => arn.trim())
    const roleArn = pair.find((arn) => /^arn:[\w-]+:iam::\d{12}:role\//.test(arn))
    return pair.length === 2 && pair.includes(providerArn) && roleArn ? [{ roleArn, providerArn }] : []
  })
}
