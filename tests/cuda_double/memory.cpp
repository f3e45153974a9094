// Memory of the devices: taken from the host, counted by device, and limited.
//
// A block is a multiple of 512 bytes, as of PyTorch's allocator for CUDA. What was freed stays
// reserved until the cache is emptied, and is used again without any loss: a real allocator
// loses some to the remainders of split blocks.

#include "double.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace cuda_double {
namespace {

constexpr int64_t BLOCK = 512;
constexpr int64_t SEGMENT = int64_t(2) << 20;
constexpr size_t HOST_ALIGNMENT = 64;

int64_t rounded(int64_t bytes, int64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

struct Count {
  int64_t now = 0;
  int64_t peak = 0;

  void set(int64_t bytes) {
    now = bytes;
    peak = std::max(peak, now);
  }
};

struct Device {
  Count requested;  // what tensors asked for
  Count allocated;  // in whole blocks
  Count reserved;   // in whole segments, those included that nothing holds any more
  int64_t limit = int64_t(1) << 60;
  int64_t failures = 0;

  void change(int64_t asked, int64_t taken) {
    requested.set(requested.now + asked);
    allocated.set(allocated.now + taken);
    reserved.set(std::max(reserved.now, rounded(allocated.now, SEGMENT)));
  }
};

struct Block {
  c10::DeviceIndex device;
  int64_t asked;
  int64_t taken;
};

std::mutex lock;
std::array<Device, DEVICES> devices;
std::unordered_map<const void*, Block> blocks;
std::unordered_set<const void*> pinned;

void free_block(void* pointer) {
  const std::lock_guard<std::mutex> held(lock);
  const auto found = blocks.find(pointer);
  if (found == blocks.end()) {
    return;
  }
  const auto [device, asked, taken] = found->second;
  devices[device].change(-asked, -taken);
  blocks.erase(found);
  std::free(pointer);
}

struct DeviceAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    const c10::Device device(c10::kCUDA, current());
    if (bytes == 0) {
      return {nullptr, nullptr, &free_block, device};
    }
    void* pointer = take(device.index(), static_cast<int64_t>(bytes));
    return {pointer, pointer, &free_block, device};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &free_block; }

  void copy_data(void* target, const void* source, size_t bytes) const override {
    std::memcpy(target, source, bytes);
  }

 private:
  static void* take(c10::DeviceIndex index, int64_t asked) {
    const std::lock_guard<std::mutex> held(lock);
    auto& device = devices[index];
    const auto taken = rounded(asked, BLOCK);
    if (device.allocated.now + taken > device.limit) {
      ++device.failures;
      TORCH_CHECK_WITH(
          OutOfMemoryError, false, "CUDA out of memory. Tried to allocate ", taken,
          " bytes. GPU ", int(index), " has a total capacity of ", device.limit, " bytes of which ",
          device.limit - device.allocated.now, " bytes is free.");
    }
    void* pointer = std::aligned_alloc(BLOCK, taken);
    TORCH_CHECK(pointer, "the host's memory ran out, not the device's: can't allocate memory");
    blocks[pointer] = {index, asked, taken};
    device.change(asked, taken);
    return pointer;
  }
};

void free_pinned(void* pointer) {
  const std::lock_guard<std::mutex> held(lock);
  pinned.erase(pointer);
  std::free(pointer);
}

struct PinnedAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    const auto whole = rounded(std::max<int64_t>(bytes, 1), HOST_ALIGNMENT);
    void* pointer = std::aligned_alloc(HOST_ALIGNMENT, whole);
    TORCH_CHECK(pointer, "can't allocate memory");
    const std::lock_guard<std::mutex> held(lock);
    pinned.insert(pointer);
    return {pointer, pointer, &free_pinned, c10::Device(c10::kCPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &free_pinned; }

  void copy_data(void* target, const void* source, size_t bytes) const override {
    std::memcpy(target, source, bytes);
  }
};

DeviceAllocator device_allocator;
PinnedAllocator host_allocator;

REGISTER_ALLOCATOR(c10::kCUDA, &device_allocator)

}  // namespace

c10::Allocator* allocator() {
  return &device_allocator;
}

c10::Allocator* pinned_allocator() {
  return &host_allocator;
}

bool is_pinned(const void* pointer) {
  const std::lock_guard<std::mutex> held(lock);
  return pinned.count(pointer) > 0;
}

c10::DeviceIndex owner(const void* pointer) {
  const std::lock_guard<std::mutex> held(lock);
  const auto found = blocks.find(pointer);
  return found == blocks.end() ? c10::DeviceIndex(-1) : found->second.device;
}

}  // namespace cuda_double

// -- what Python calls --------------------------------------------------------------------

extern "C" {

void double_limit(int device, int64_t bytes) {
  const std::lock_guard<std::mutex> held(cuda_double::lock);
  cuda_double::devices[device].limit = bytes;
}

// requested, allocated, reserved: each now and at its peak; then how often memory ran out.
void double_memory(int device, int64_t* numbers) {
  const std::lock_guard<std::mutex> held(cuda_double::lock);
  const auto& found = cuda_double::devices[device];
  for (const auto* count : {&found.requested, &found.allocated, &found.reserved}) {
    *numbers++ = count->now;
    *numbers++ = count->peak;
  }
  *numbers = found.failures;
}

void double_reset_peaks(int device) {
  const std::lock_guard<std::mutex> held(cuda_double::lock);
  auto& found = cuda_double::devices[device];
  for (auto* count : {&found.requested, &found.allocated, &found.reserved}) {
    count->peak = count->now;
  }
}

void double_empty_cache() {
  const std::lock_guard<std::mutex> held(cuda_double::lock);
  for (auto& device : cuda_double::devices) {
    device.reserved.now = cuda_double::rounded(device.allocated.now, cuda_double::SEGMENT);
  }
}
}
