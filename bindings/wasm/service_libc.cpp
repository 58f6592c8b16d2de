// Stand-ins for two libc functions that nlohmann/json calls and whose results the core never
// uses: numbers are kept as their source text, and parse errors as codes. libc's own bring 128-bit
// soft floats and printf along, 22 kB of code (docs/decisions/0003-json.md).
#include <cstddef>

extern "C" {

// strtod gives a number near the text's, good enough to tell finite from infinite, which is all
// that the parser asks. The text is a JSON number, checked before.
double strtod(const char* text, char** end) {
  const bool negative = *text == '-';
  if (negative) ++text;
  double value = 0;
  int scale = 0;
  bool fraction = false;
  for (; (*text >= '0' && *text <= '9') || *text == '.'; ++text) {
    if (*text == '.') {
      fraction = true;
      continue;
    }
    // Digits past the 19th do not change what is asked, and would overflow on the way.
    if (value < 1e19) {
      value = value * 10 + (*text - '0');
      if (fraction) --scale;
    } else if (!fraction) {
      ++scale;
    }
  }
  if (*text == 'e' || *text == 'E') {
    ++text;
    const bool down = *text == '-';
    if (*text == '-' || *text == '+') ++text;
    int exponent = 0;
    for (; *text >= '0' && *text <= '9'; ++text) {
      if (exponent < 100000) exponent = exponent * 10 + (*text - '0');
    }
    scale += down ? -exponent : exponent;
  }
  for (; scale > 0 && value != 0 && value <= 1.7976931348623157e308; --scale) value *= 10;
  for (; scale < 0 && value != 0; ++scale) value /= 10;
  if (end != nullptr) *end = const_cast<char*>(text);
  return negative ? -value : value;
}

// The archive member that holds strtod holds these too: defining all three keeps it out.
float strtof(const char* text, char** end) { return static_cast<float>(strtod(text, end)); }
long double strtold(const char* text, char** end) { return strtod(text, end); }

// snprintf writes nothing: the parser words an error message that nobody reads.
int snprintf(char* to, std::size_t size, const char*, ...) {
  if (size > 0) *to = '\0';
  return 0;
}
}
