#pragma once

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

// load_vectors reads a file below tests/vectors, such as "wycheproof/hmac_sha256_test.json". It
// throws when the file cannot be read or is no JSON, which fails the test.
inline nlohmann::json load_vectors(const std::string& name) {
  const std::string path = std::string(TENON_VECTORS_DIR) + "/" + name;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("no vector file " + name);
  std::string text;
  char block[4096];
  for (std::size_t n = 0; (n = std::fread(block, 1, sizeof block, file)) > 0;) {
    text.append(block, n);
  }
  std::fclose(file);
  auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (parsed.is_discarded()) throw std::runtime_error("no JSON in " + name);
  return parsed;
}

// vector_bytes reads the lower-case hex of a vector file. It is not the decoder under test.
inline std::vector<std::uint8_t> vector_bytes(const nlohmann::json& hex) {
  const auto& text = hex.get_ref<const std::string&>();
  std::vector<std::uint8_t> bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}
