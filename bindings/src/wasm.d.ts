// A bundler or runtime that follows the "workerd" condition gives a compiled module.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
