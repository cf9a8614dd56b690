// FNV-1a, 64 bits: enough to tell results apart, and nothing to depend on.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace selfcorrect::test {

class Digest {
 public:
  void add(const void* bytes, size_t count) {
    for (const auto* p = static_cast<const unsigned char*>(bytes); count > 0; --count, ++p)
      value_ = (value_ ^ *p) * 0x100000001b3;
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325;
};

inline std::string hex(uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace selfcorrect::test
