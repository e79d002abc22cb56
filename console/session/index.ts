export { cognito, edge, IAM_REGION, iam, regionOf } from './as-operator.ts'
export { comeBack, isBack, leaveFor, openByAccess } from './provider.ts'
export { end, IDLE_MINUTES, open, type Session, session, whyEnded } from './session.ts'
export { type ConsoleSettings, readSettings } from './settings.ts'
