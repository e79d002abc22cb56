export { Connect } from './connect.tsx'
