// What the driver under test cannot do, and what is therefore left out of a scenario. Our own does everything.

import type { DriverFeatures } from '../platform/driver-module.js';
import type { Configuration } from '../scenario/configuration.js';
import { fitConfiguration } from '../scenario/fit-configuration.js';
import type { Client } from './client.js';

export class DriverLimits {
  /** Of a driver with whole queues of mapped buffers: whether this queue is one, null until its first buffer. */
  private queuePremapped: boolean | null = null;

  /** @param features null for a driver that does everything. */
  constructor(private readonly features: DriverFeatures | null) {}

  get canReset(): boolean {
    return this.features?.reset !== false;
  }

  get canResize(): boolean {
    return this.features?.resize !== false;
  }

  fit(config: Configuration): void {
    if (this.features !== null) fitConfiguration(config, this.features);
  }

  queueCreated(): void {
    this.queuePremapped = null;
  }

  /** Whether the prepared buffer, of which the input says that it comes mapped, is handed over so to this driver. */
  premaps(asked: boolean, { out, input }: Client): boolean {
    const premapped = this.features?.premapped ?? true;
    if (premapped === false) return false;
    if (premapped === 'whole-queue') return (this.queuePremapped ??= asked);
    if (premapped === 'one-direction' && out.count > 0 && input.count > 0) return false;
    return asked;
  }

  /** The context that this driver takes with the prepared buffer. */
  contextFor(context: number, { out }: Client): number {
    return this.features?.context === 'device-writable' && out.count > 0 ? 0 : context;
  }
}
