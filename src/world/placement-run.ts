// Follows a placement through one execution: makes the attempts fail that it names, lets the device write where it says,
// and keeps the log. Nothing of it runs in an execution without a placement.

import type { FailurePlan } from './failure-injector.js';
import type { DeviceWriteObserver } from '../memory/device-view.js';
import { CALL_CLIENT, CALL_NAMES } from '../oracle/calls.js';
import type { CaseFile } from '../oracle/case-file.js';
import { fieldName } from '../oracle/ring-map.js';
import type { FailureKind } from '../platform/failures.js';
import type { Placement, PlacedWrite, RacePlace, RaceSite } from './placement.js';
import { type FieldPlace, descriptorFields, queueState, valueAt, writeValue } from './race-sites.js';
import type { RacePlan } from './races.js';

export class PlacementRun implements FailurePlan, RacePlan {
  private placement: Placement = {};
  private maps = 0;
  private unmaps = 0;
  /** What the driver read last, by address. */
  private readonly lastRead = new Map<number, number>();

  /** `step` tells the number of the step in progress. */
  constructor(
    private readonly c: CaseFile,
    private readonly observer: DeviceWriteObserver,
    private readonly step: () => number,
  ) {}

  /** Begins an execution. */
  start(placement: Placement): void {
    this.placement = placement;
    this.maps = 0;
    this.unmaps = 0;
    this.lastRead.clear();
  }

  decide(kind: FailureKind, attempt: number, armed: boolean): boolean {
    const { failures, log } = this.placement;
    const failed = armed || (failures?.some((placed) => placed.kind === kind && placed.attempt === attempt) ?? false);
    log?.failures.push({ kind, attempt, step: this.step(), call: this.call, failed });
    return failed;
  }

  nextLoad(now: number): number {
    const { log, writes } = this.placement;
    if (log?.races !== undefined) return now + 1;
    let next = 0;
    for (const { at, number } of writes ?? []) {
      if (at === 'load' && number > now && (next === 0 || number < next)) next = number;
    }
    return next;
  }

  atLoad(load: number, address: number, size: number): void {
    const { c } = this;
    const field = fieldName(c.ring.locate(address), c.ring.index);
    const place = { field, address, size };
    this.logPoint('load', load, [place]);
    for (const write of this.writesAt('load', load)) this.write(place, write);
    if (this.placement.log?.races !== undefined) this.lastRead.set(address, valueAt(c, address, size));
  }

  afterMap(): void {
    this.maps++;
    this.atMoment('map', this.maps);
  }

  beforeUnmap(): void {
    this.unmaps++;
    this.atMoment('unmap', this.unmaps);
  }

  private atMoment(at: 'map' | 'unmap', number: number): void {
    const { log, writes } = this.placement;
    if (log?.races === undefined && writes === undefined) return;
    // Mappings of the client's own have nothing to do with the ring.
    if (this.c.call === CALL_CLIENT) return;
    if (log?.races !== undefined) this.logPoint(at, number, descriptorFields(this.c));
    for (const write of this.writesAt(at, number)) {
      const place = descriptorFields(this.c).find(({ field }) => field === write.field);
      if (place !== undefined) this.write(place, write);
    }
  }

  private writesAt(at: RacePlace, number: number): readonly PlacedWrite[] {
    return this.placement.writes?.filter((write) => write.at === at && write.number === number) ?? [];
  }

  private write({ address, size }: FieldPlace, { value }: PlacedWrite): void {
    writeValue(this.c, address, size, value);
    this.observer.deviceWrote(address, size);
  }

  private logPoint(at: RacePlace, number: number, places: readonly FieldPlace[]): void {
    const { races } = this.placement.log ?? {};
    if (races === undefined) return;
    const { c } = this;
    const sites = places.map(({ field, address, size }): RaceSite => {
      return { field, size, value: valueAt(c, address, size), before: this.lastRead.get(address) ?? null };
    });
    races.push({ at, number, step: this.step(), call: this.call, sites, queue: queueState(c) });
  }

  private get call(): string {
    return CALL_NAMES[this.c.call] ?? '';
  }
}
