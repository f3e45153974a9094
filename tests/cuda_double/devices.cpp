// Two devices: which is current, what PyTorch asks of any device, and the hooks that a build
// with CUDA has. Work is done when a call returns, so streams and events have nothing to order.

#include "double.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/util/Exception.h>

#include <atomic>

namespace cuda_double {

namespace {

thread_local c10::DeviceIndex chosen = 0;
std::atomic<int> debug_mode{0};  // as torch.cuda.set_sync_debug_mode has it: 0, 1 warns, 2 raises
std::atomic<int64_t> waits{0};

void check(c10::DeviceIndex index) {
  TORCH_CHECK(index >= 0 && index < DEVICES, "CUDA error: invalid device ordinal");
}

}  // namespace

c10::DeviceIndex current() {
  return chosen;
}

c10::Device named(c10::Device device) {
  const auto index = device.has_index() ? device.index() : chosen;
  check(index);
  return {c10::kCUDA, index};
}

void host_waits(const char* what) {
  ++waits;
  TORCH_CHECK(debug_mode < 2, "called a synchronizing CUDA operation: ", what);
  if (debug_mode == 1) {
    TORCH_WARN("called a synchronizing CUDA operation: ", what);
  }
}

// -- what PyTorch asks of a device --------------------------------------------------------

namespace {

struct Guard final : c10::impl::DeviceGuardImplInterface {
  static constexpr c10::DeviceType static_type = c10::kCUDA;

  Guard() = default;
  explicit Guard(c10::DeviceType) {}

  c10::DeviceType type() const override { return c10::kCUDA; }
  c10::DeviceIndex deviceCount() const noexcept override { return DEVICES; }
  c10::Device getDevice() const override { return {c10::kCUDA, chosen}; }

  void setDevice(c10::Device device) const override {
    check(device.index());
    chosen = device.index();
  }
  void uncheckedSetDevice(c10::Device device) const noexcept override { chosen = device.index(); }
  c10::Device exchangeDevice(c10::Device device) const override {
    const auto before = getDevice();
    setDevice(device);
    return before;
  }

  c10::Stream getStream(c10::Device device) const override {
    return c10::Stream(c10::Stream::DEFAULT, device);
  }
  c10::Stream getDefaultStream(c10::Device device) const override { return getStream(device); }
  c10::Stream exchangeStream(c10::Stream stream) const override { return stream; }
  bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream&) const override {}
  void synchronizeDevice(const c10::DeviceIndex) const override {}

  void record(void**, const c10::Stream&, const c10::DeviceIndex, const c10::EventFlag)
      const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  void synchronizeEvent(void*) const override {}
};

C10_REGISTER_GUARD_IMPL(CUDA, Guard)

}  // namespace
}  // namespace cuda_double

// -- what PyTorch asks of a build with CUDA -----------------------------------------------

namespace at {

// PyTorch looks it up by this name.
struct CUDAHooks final : CUDAHooksInterface {
  explicit CUDAHooks(CUDAHooksArgs) {}

  void init() const override {}
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasCUDA() const override { return true; }
  bool hasPrimaryContext(DeviceIndex) const override { return true; }

  int getNumGPUs() const override { return cuda_double::DEVICES; }
  DeviceIndex deviceCount() const override { return cuda_double::DEVICES; }
  DeviceIndex current_device() const override { return cuda_double::current(); }
  DeviceIndex getCurrentDevice() const override { return cuda_double::current(); }
  void deviceSynchronize(DeviceIndex) const override {}

  bool isPinnedPtr(const void* pointer) const override { return cuda_double::is_pinned(pointer); }
  Allocator* getPinnedMemoryAllocator() const override { return cuda_double::pinned_allocator(); }
  Allocator* getCUDADeviceAllocator() const override { return cuda_double::allocator(); }
  Device getDeviceFromPtr(void* pointer) const override {
    const auto index = cuda_double::owner(pointer);
    TORCH_CHECK(index >= 0, "The specified pointer resides on host memory");
    return {kCUDA, index};
  }
};

REGISTER_CUDA_HOOKS(CUDAHooks)

}  // namespace at

// -- what Python calls --------------------------------------------------------------------

extern "C" {

int double_devices() {
  return cuda_double::DEVICES;
}

int double_current() {
  return cuda_double::chosen;
}

void double_use(int device) {
  cuda_double::chosen = static_cast<c10::DeviceIndex>(device);
}

void double_set_debug_mode(int mode) {
  cuda_double::debug_mode = mode;
}

int double_debug_mode() {
  return cuda_double::debug_mode;
}

int64_t double_waits() {
  return cuda_double::waits;
}
}
