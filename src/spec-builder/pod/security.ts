import type { SecurityContext } from 'kubernetes-types/core/v1';

/** Capabilities that no container of the platform's own needs. */
const DROPPED = ['SETPCAP', 'AUDIT_WRITE', 'KILL', 'SETGID', 'SETUID', 'SYS_CHROOT', 'SETFCAP', 'FSETID', 'NET_RAW', 'MKNOD'];

/** A user, and a group of the same number. */
export function asUser(uid: number): SecurityContext {
  return { runAsUser: uid, runAsGroup: uid };
}

/** The proxy: it may listen on ports below 1024. */
export function proxySecurity(uid: number): SecurityContext {
  return { ...asUser(uid), capabilities: { drop: DROPPED } };
}

/** The file transfers and the containers that prepare the working directory. */
export function transferSecurity(uid: number): SecurityContext {
  return { ...asUser(uid), capabilities: { drop: TRANSFERS_DROPPED } };
}

/** The copying before the analysis starts is the one container that is given capabilities. */
export function firstTransferSecurity(uid: number): SecurityContext {
  return { ...asUser(uid), capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: TRANSFERS_DROPPED.filter((name) => name !== 'NET_RAW') } };
}

const TRANSFERS_DROPPED = DROPPED.toSpliced(DROPPED.indexOf('SYS_CHROOT'), 0, 'NET_BIND_SERVICE');
