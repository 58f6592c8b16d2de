// Stand-ins for what Emscripten's standalone runtime would import from its host. With them the
// linked modules import nothing, so they load wherever a WebAssembly.Module does.
#include <cstddef>
#include <cstdint>

extern "C" {

// __wasi_proc_exit is reached only by abort(); a trap tells the host to discard the instance.
[[noreturn]] void __wasi_proc_exit(std::uint32_t) { __builtin_trap(); }

// emscripten_notify_memory_growth would let glue refresh its views; a bare module's host looks at
// memory.buffer instead.
void emscripten_notify_memory_growth(std::size_t) {}
}
