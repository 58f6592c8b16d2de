// Smallest possible modules for the loader's refusals, assembled by hand (WebAssembly core 1.0,
// section 5). All sizes stay below 128, so every LEB128 number is one byte.

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
const section = (id: number, body: number[]): number[] => [id, body.length, ...body];

const noResult = [0x60, 0x00, 0x00];
const oneI32 = [0x60, 0x00, 0x01, 0x7f];

// moduleOfVersion answers tenon_abi_version with the given number and exports nothing else of use.
export function moduleOfVersion(version: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...header,
    ...section(1, [2, ...oneI32, ...noResult]),
    ...section(3, [2, 0, 1]),
    ...section(5, [1, 0x00, 1]),
    ...section(7, [
      3,
      ...[...text("tenon_abi_version"), 0x00, 0],
      ...[...text("_initialize"), 0x00, 1],
      ...[...text("memory"), 0x02, 0],
    ]),
    ...section(10, [2, ...[4, 0, 0x41, version, 0x0b], ...[2, 0, 0x0b]]),
  ]);
}

// moduleWithImport asks for one function of its host.
export function moduleWithImport(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...header,
    ...section(1, [1, ...noResult]),
    ...section(2, [1, ...text("env"), ...text("log"), 0x00, 0]),
  ]);
}
