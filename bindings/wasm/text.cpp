// std::string's members, compiled here once. Emscripten 3.1.6 builds its libc++ with inlining
// switched off, down to the one-line members that every character passes through; linked before the
// library, these take the place of its own.
#include <string>

template class std::basic_string<char>;
