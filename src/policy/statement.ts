import { ok } from '../base/result.ts'
import { parseConditions } from './conditions.ts'
import type { Listed, PolicyKind, Principals, PrincipalType, Statement } from './document.ts'
import { EFFECTS, STATEMENT_MEMBERS } from './grammar.ts'
import {
  type Members,
  malformed,
  membersOf,
  type Parsed,
  parseAll,
  quote,
  readMembers,
  shown,
  stringsOf,
} from './parsed.ts'
import { parseTemplate, type Template } from './template.ts'

const PROHIBITED: Record<PolicyKind, readonly string[]> = {
  identity: ['Principal'],
  trust: ['Resource', 'NotResource'],
}

/** Reads one item of `Statement`. `variables`: whether the document's version knows them. */
export function parseStatement(item: unknown, kind: PolicyKind, variables: boolean): Parsed<Statement> {
  const read = readMembers(item, STATEMENT_MEMBERS)
  if (!read.ok) return read
  const members = read.value
  const prohibited = PROHIBITED[kind].find((name) => members[name] !== undefined)
  if (prohibited !== undefined) return malformed(`Has prohibited field ${prohibited}`)

  const { Sid: sid = '', Condition: condition = {} } = members
  if (typeof sid !== 'string' || !/^[0-9A-Za-z]*$/.test(sid))
    return malformed('Statement IDs (SID) must be alpha-numeric.')
  const effect = EFFECTS.get(members.Effect)
  if (!effect) return malformed('Effect must be Allow or Deny.')
  const principals = kind === 'trust' ? parsePrincipals(members.Principal) : ok(undefined)
  if (!principals.ok) return principals
  const actions = parseListed(members, 'Action', parseAction)
  if (!actions.ok) return actions
  const resources = kind === 'identity' ? parseListed(members, 'Resource', resourceParser(variables)) : ok(undefined)
  if (!resources.ok) return resources
  const conditions = parseConditions(condition, variables)
  if (!conditions.ok) return conditions
  return ok({
    sid,
    effect,
    principals: principals.value,
    actions: actions.value,
    resources: resources.value,
    conditions: conditions.value,
  })
}

function parseListed(members: Members, name: string, parse: (text: string) => Parsed<Template>): Parsed<Listed> {
  const { [name]: plain, [`Not${name}`]: inverted } = members
  if ((plain === undefined) === (inverted === undefined))
    return malformed(`A statement must have either ${name} or Not${name}.`)
  const texts = stringsOf(plain ?? inverted)
  if (!texts) return malformed(`${name} must be a string or a list of strings.`)
  const templates = parseAll(texts, parse)
  return templates.ok ? ok({ negated: plain === undefined, wanted: texts, templates: templates.value }) : templates
}

/** Actions ignore case, so their patterns are kept in lower case. */
function parseAction(text: string): Parsed<Template> {
  if (text.split(':').length > 2) return malformed('Actions/Condition can contain only one colon.')
  if (text !== '*' && !/^[a-z0-9*?-]+:[a-z0-9*?]+$/i.test(text))
    return malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
  return parseTemplate(text.toLowerCase(), { variables: false, wildcards: true })
}

/**
 * An ARN of fewer than six parts is refused unless a `*` ends it: AWS would complete it with wildcards, and a Deny
 * that matches less than its author expects is a hole.
 */
function resourceParser(variables: boolean): (text: string) => Parsed<Template> {
  return (text) => {
    const template = parseTemplate(text, { variables, wildcards: true })
    if (!template.ok || text === '*') return template
    const colons = template.value.filter((part) => part === ':').length
    if (!text.startsWith('arn:') || (colons < 5 && !text.endsWith('*')))
      return malformed(`Resource ${shown(text)} must be in ARN format or "*".`)
    return template
  }
}

function parsePrincipals(element: unknown): Parsed<Principals> {
  if (element === undefined) return malformed('Missing required field Principal')
  if (element === '*') return ok('everyone')
  const types = membersOf(element)
  if (!types || types.size === 0) return malformed('Principal must be "*" or an object.')
  const parsed = parseAll([...types], ([type, value]) => parseNames(type, value))
  if (!parsed.ok) return parsed
  const names = new Map(parsed.value)
  return ok(names.get('AWS')?.includes('*') ? 'everyone' : names)
}

/** A name is taken as it is written: `*` stands alone or not at all. */
function parseNames(type: string, value: unknown): Parsed<readonly [PrincipalType, readonly string[]]> {
  if (type !== 'Federated' && type !== 'AWS' && type !== 'Service')
    return malformed(`Unknown principal type ${quote(type)}.`)
  const names = stringsOf(value)
  if (!names) return malformed(`The ${type} principal must be a string or a list of strings.`)
  const wrong = names.find((name) => name === '' || (name !== '*' && /[*?]/.test(name)))
  return wrong === undefined ? ok([type, names]) : malformed(`The principal ${quote(wrong)} must be a name or "*".`)
}
