// native_test [--small] [--nvidia] [--list | --isas | --digests | NAME...]: runs the tests of these names, or
// all. --nvidia runs those named cuda-... on this machine's GPU. --list prints the names, --isas the
// instruction sets of this processor, --digests the lines of golden.h.
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "isa/kernels.h"
#include "test/golden.h"
#include "test/harness.h"

using namespace selfcorrect;
using namespace selfcorrect::test;

namespace {

constexpr unsigned kPatience = 200;  // s; a test that waits for ever ends the process

bool run(const Test& test, const Scale& scale) {
  alarm(kPatience);
  try {
    test.run(scale);
    std::printf("ok %s\n", test.name);
    return true;
  } catch (const std::exception& failure) {
    std::printf("FAIL %s %s\n", test.name, failure.what());
    return false;
  }
}

}  // namespace

int main(int count, char** arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Scale scale;
  std::vector<std::string> wanted;
  for (int i = 1; i < count; i++) {
    const std::string argument = arguments[i];
    if (argument == "--small") {
      scale = {.motions = 18, .sampled = 9, .aborts = 5, .stride = 29, .nvidia = scale.nvidia};
    } else if (argument == "--nvidia") {
      scale.nvidia = true;
    } else if (argument == "--list") {
      for (const Test& test : tests()) std::printf("%s\n", test.name);
      return 0;
    } else if (argument == "--isas") {
      for (const std::string& isa : available_isas()) std::printf("%s\n", isa.c_str());
      return 0;
    } else if (argument == "--digests") {
      print_digests();
      return 0;
    } else {
      wanted.push_back(argument);
    }
  }
  size_t ran = 0;
  bool passed = true;
  for (const Test& test : tests()) {
    bool named = wanted.empty();
    for (const std::string& name : wanted) named |= name == test.name;
    if (!named) continue;
    ran++;
    passed &= run(test, scale);
  }
  if (ran < std::max<size_t>(1, wanted.size())) {
    std::printf("FAIL: expected names of --list\n");
    return 2;
  }
  return passed ? 0 : 1;
}
