// The functions of the compiled module (src/linux/shim): the kernel's virtqueue API, flattened to numbers.

/** What the shim exports besides where swiotlb.c is compiled in (bounce.c). */
export interface SwiotlbCalls {
  /** Data that a queue's beginning must not put back: the pool's records and what belongs to them. */
  bounce_at(): number;
  bounce_size(): number;
  records_at(): number;
  records_size(): number;
  bounce_reset(slots: number, minAlignMask: number, allocAlignMask: number): number;
  bounce_map(cpu: number, size: number, direction: number, attributes: number): number;
  bounce_unmap(dma: number, size: number, direction: number, attributes: number): void;
  bounce_sync(dma: number, size: number, direction: number, forDevice: number): void;
  bounce_max_mapping_size(): number;
  bounce_warnings(): number;
}

/** What the shim exports. Booleans are 0 or 1; pointers are kernel addresses. */
export interface LinuxCalls {
  readonly __stack_pointer: WebAssembly.Global;
  readonly __heap_base: WebAssembly.Global;
  readonly __wasm_call_ctors?: () => void;
  init_runtime(): void;
  reset_runtime(): void;
  counters_start(): number;
  counters_end(): number;
  shadow_at(): number;
  shadow_size(): number;
  comparisons_at(): number;
  exchange_at(): number;
  create(
    num: number,
    max: number,
    align: number,
    low: number,
    high: number,
    callback: number,
    context: number,
    resettable: number,
    mapTable: number,
  ): number;
  destroy(): void;
  add(out: number, input: number, token: number, context: number, premapped: number): number;
  premap_queue(): number;
  get(hasContext: number): number;
  kick(): number;
  kick_prepare(): number;
  notify_queue(): number;
  disable_cb(): void;
  enable_cb(): number;
  enable_cb_prepare(): number;
  poll(opaque: number): number;
  enable_cb_delayed(): number;
  interrupt(): number;
  detach(): number;
  reset(): number;
  resize(num: number): number;
  max_mapping_size(): number;
  is_broken(): number;
  break_queue(): void;
  /** Since 6.6 (maps.c): the queue's own calls for whoever maps buffers before it adds them. */
  readonly client_map?: (cpu: number, size: number, direction: number, attributes: number) => number;
  readonly client_unmap?: (dma: number, size: number, direction: number, attributes: number) => void;
  readonly client_sync?: (dma: number, size: number, direction: number, forDevice: number) => void;
  ring_size(): number;
  descriptor_area(): number;
  driver_area(): number;
  device_area(): number;
}
