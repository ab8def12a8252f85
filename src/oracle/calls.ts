// The driver calls, as numbers: what the judge knows to be in progress.

export const CALL_CREATE = 0;
export const CALL_ADD = 1;
export const CALL_GET = 2;
export const CALL_KICK_PREPARE = 3;
export const CALL_NOTIFY = 4;
export const CALL_KICK = 5;
export const CALL_DISABLE_CB = 6;
export const CALL_ENABLE_CB = 7;
export const CALL_ENABLE_CB_PREPARE = 8;
export const CALL_POLL = 9;
export const CALL_ENABLE_CB_DELAYED = 10;
export const CALL_INTERRUPT = 11;
export const CALL_DETACH = 12;
export const CALL_RESET = 13;
export const CALL_RESIZE = 14;
export const CALL_MAX_MAPPING_SIZE = 15;
export const CALL_IS_BROKEN = 16;
export const CALL_BREAK = 17;
export const CALL_DESTROY = 18;
/** A DMA call by the driver's client. */
export const CALL_CLIENT = 19;
/** No call in progress. */
export const CALL_NONE = 20;

export const CALL_NAMES: readonly string[] = [
  'create',
  'addSgs',
  'getBuf',
  'kickPrepare',
  'notify',
  'kick',
  'disableCb',
  'enableCb',
  'enableCbPrepare',
  'poll',
  'enableCbDelayed',
  'interrupt',
  'detachUnusedBuf',
  'reset',
  'resize',
  'maxMappingSize',
  'isBroken',
  'breakQueue',
  'destroy',
  'client DMA call',
  'no call',
];
