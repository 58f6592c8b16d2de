#pragma once

#include <cstdio>
#include <string>

#include "json/json.hpp"

// read_vectors loads a file below tests/vectors with the parser under test: JSONTestSuite, which
// judges that parser, is among them. An unreadable file gives null, which every suite notices by
// the number of its cases.
inline tenon::json_value read_vectors(const char* name) {
  const std::string path = std::string(TENON_VECTORS_DIR) + "/" + name;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  std::string text;
  char block[4096];
  for (std::size_t n = 0; (n = std::fread(block, 1, sizeof block, file)) > 0;)
    text.append(block, n);
  std::fclose(file);
  auto parsed = tenon::parse_json(text, {.bytes_max = text.size()});
  return parsed.ok() ? std::move(parsed).value() : tenon::json_value();
}
