/** The version of the product. A release writes it here and into package.json; a test holds both against each other. */
export const VERSION = '0.2.0'
