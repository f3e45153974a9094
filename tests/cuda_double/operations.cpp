// What runs on a device: tensors are made there by its allocator, copied, and looked at in other
// shapes; all arithmetic is done by the CPU's kernels, on copies, and its results go back.

#include "double.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/EmptyTensor.h>
#include <ATen/SDPBackend.h>
#include <ATen/core/Tensor.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/native/transformers/attention.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/resize_native.h>
#include <ATen/ops/set_native.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/DeviceGuard.h>
#include <torch/library.h>

#include <array>
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_set>

namespace cuda_double {

at::Tensor seen_by_cpu(const at::Tensor& tensor) {
  if (!tensor.is_cuda()) {
    return tensor;
  }
  return at::from_blob(
      tensor.data_ptr(), tensor.sizes(), tensor.strides(), [tensor](void*) {},
      tensor.options().device(c10::kCPU));
}

namespace {

using at::Tensor;
using c10::IntArrayRef;
using std::optional;

const c10::DispatchKeySet KEYS(c10::DispatchKey::CUDA);

// Copies that the double makes for itself make no host wait.
thread_local bool inside = false;

struct Inside {
  const bool before = inside;
  Inside() { inside = true; }
  ~Inside() { inside = before; }
};

// -- making, copying ----------------------------------------------------------------------

c10::ScalarType type_or_default(optional<c10::ScalarType> type) {
  return type.value_or(c10::get_default_dtype_as_scalartype());
}

Tensor empty(
    IntArrayRef size, optional<c10::ScalarType> type, optional<c10::Layout>,
    optional<c10::Device> device, optional<bool>, optional<c10::MemoryFormat> format) {
  const c10::DeviceGuard guard(named(device.value_or(c10::kCUDA)));
  return at::detail::empty_generic(size, allocator(), KEYS, type_or_default(type), format);
}

Tensor empty_strided(
    IntArrayRef size, IntArrayRef stride, optional<c10::ScalarType> type, optional<c10::Layout>,
    optional<c10::Device> device, optional<bool>) {
  const c10::DeviceGuard guard(named(device.value_or(c10::kCUDA)));
  return at::detail::empty_strided_generic(
      size, stride, allocator(), KEYS, type_or_default(type));
}

Tensor& copy(Tensor& self, const Tensor& source, bool non_blocking) {
  if (!inside && !non_blocking && self.is_cuda() != source.is_cuda()) {
    host_waits("a copy that blocks");
  }
  seen_by_cpu(self).copy_(seen_by_cpu(source));
  return self;
}

Tensor copy_from(const Tensor& source, const Tensor& target, bool) {
  seen_by_cpu(target).copy_(seen_by_cpu(source));
  return target;
}

Tensor copy_from_and_resize(const Tensor& source, const Tensor& target) {
  if (target.sizes() != source.sizes()) {
    target.resize_(source.sizes());
  }
  return copy_from(source, target, false);
}

c10::Scalar item(const Tensor& tensor) {
  if (!inside) {
    host_waits("item");
  }
  return seen_by_cpu(tensor).item();
}

Tensor& zero(Tensor& self) {
  seen_by_cpu(self).zero_();
  return self;
}

Tensor& fill(Tensor& self, const c10::Scalar& value) {
  seen_by_cpu(self).fill_(value);
  return self;
}

const Tensor& resize(const Tensor& self, IntArrayRef size, optional<c10::MemoryFormat> format) {
  const c10::DeviceGuard guard(self.device());
  return at::native::resize_(self, size, format);
}

// -- views: they need no kernel -----------------------------------------------------------

Tensor as_strided(
    const Tensor& self, IntArrayRef size, IntArrayRef stride, optional<int64_t> offset) {
  return at::native::as_strided_tensorimpl(self, size, stride, offset);
}

Tensor view(const Tensor& self, IntArrayRef size) {
  return at::native::view(self, size);
}

Tensor reshape_alias(const Tensor& self, IntArrayRef size, IntArrayRef stride) {
  return at::native::_reshape_alias(self, size, stride);
}

Tensor unfold(const Tensor& self, int64_t dimension, int64_t size, int64_t step) {
  return at::native::unfold(self, dimension, size, step);
}

Tensor& set_storage(
    Tensor& self, at::Storage source, int64_t offset, IntArrayRef size, IntArrayRef stride) {
  return at::native::set_storage_cpu_(self, std::move(source), offset, size, stride);
}

// -- random numbers -----------------------------------------------------------------------

std::mutex drawing;

at::Generator& generator(int device) {
  static std::array<at::Generator, DEVICES> all = {
      at::detail::createCPUGenerator(), at::detail::createCPUGenerator()};
  return all[device];
}

// The CPU's generator lent to a device: what is drawn there does not move the CPU's numbers on.
struct Lent {
  const std::lock_guard<std::mutex> held{drawing};
  at::Generator& own;
  const at::Generator& cpu = at::detail::getDefaultCPUGenerator();
  Tensor before;

  explicit Lent(int device) : own(generator(device)) {
    before = cpu.get_state();
    const_cast<at::Generator&>(cpu).set_state(own.get_state());
  }
  ~Lent() {
    own.set_state(cpu.get_state());
    const_cast<at::Generator&>(cpu).set_state(before);
  }
};

// -- arithmetic ---------------------------------------------------------------------------

// Operations whose results have a size that only the device knows.
const std::unordered_set<std::string> WAITING = {
    "aten::nonzero", "aten::masked_select", "aten::equal", "aten::_unique2"};

// Operations that take indices from the CPU, too.
const std::unordered_set<std::string> INDEXING = {
    "aten::index", "aten::index_put_", "aten::index_put", "aten::_index_put_impl_",
    "aten::_unsafe_index", "aten::_unsafe_index_put"};

// The one device of all the tensors. A kernel for CUDA takes numbers from the CPU, no tensors.
struct OneDevice {
  const std::string& operation;
  optional<c10::Device> found;

  void see(const Tensor& tensor) {
    if (!tensor.defined()) {
      return;
    }
    const bool number = tensor.is_cpu() && tensor.dim() == 0;
    if (number || (tensor.is_cpu() && INDEXING.count(operation))) {
      return;
    }
    TORCH_CHECK(
        tensor.device() == found.value_or(tensor.device()),
        "Expected all tensors to be on the same device, but found at least two devices, ", *found,
        " and ", tensor.device(), "! (", operation, ")");
    found = tensor.device();
  }

  void see(const c10::IValue& value) {
    if (value.isTensor()) {
      see(value.toTensor());
    } else if (value.isTensorList()) {
      for (const Tensor& tensor : value.toTensorVector()) {
        see(tensor);
      }
    } else if (value.isList()) {
      for (const c10::IValue& each : value.toListRef()) {
        see(each);
      }
    }
  }
};

void by_cpu(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  const auto& schema = operation.schema();
  OneDevice one{schema.name(), std::nullopt};
  for (const auto& value : torch::jit::last(*stack, schema.arguments().size())) {
    one.see(value);
  }
  if (WAITING.count(schema.name())) {
    host_waits(schema.name().c_str());
  }
  const auto device = named(one.found.value_or(c10::kCUDA));
  const c10::DeviceGuard guard(device);
  const Inside own;
  if (operation.hasTag(at::Tag::nondeterministic_seeded)) {
    const Lent lent(device.index());
    at::native::cpu_fallback(operation, stack);
  } else {
    at::native::cpu_fallback(operation, stack);
  }
}

// It changes its running statistics, though its schema does not say so: no copy of them will do.
void batch_norm(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  const auto count = operation.schema().arguments().size();
  OneDevice one{operation.schema().name(), std::nullopt};
  for (size_t place = 0; place < count; ++place) {
    auto& value = torch::jit::peek(*stack, place, count);
    one.see(value);
    const auto& name = operation.schema().arguments()[place].name();
    if (value.isTensor() && (name == "running_mean" || name == "running_var")) {
      value = seen_by_cpu(value.toTensor());
    }
  }
  const c10::DeviceGuard guard(named(one.found.value_or(c10::kCUDA)));
  const Inside own;
  at::native::cpu_fallback(operation, stack);
}

// Attention by its formula: the fused kernels are CUDA's. Of tensors without numbers, which nothing
// computes, it is the kernel that a GPU takes: flash of 16 bits without a mask, else the efficient.
int64_t attention(
    const Tensor& queries, const Tensor&, const Tensor&, const optional<Tensor>& mask, double, bool,
    optional<double>, bool) {
  auto chosen = at::SDPBackend::math;
  if (queries.key_set().has(c10::DispatchKey::Python)) {
    const bool flash = queries.element_size() == 2 && !mask;
    chosen = flash ? at::SDPBackend::flash_attention : at::SDPBackend::efficient_attention;
  }
  return static_cast<int64_t>(chosen);
}

const at::native::RegisterCUDADispatch<at::native::_fused_sdp_choice_stub_DECLARE_DISPATCH_type>
    attention_registered(at::native::_fused_sdp_choice_stub, &attention);

}  // namespace

TORCH_LIBRARY_IMPL(_, CUDA, m) {
  m.fallback(torch::CppFunction::makeFromBoxedFunction<&by_cpu>());
}

TORCH_LIBRARY_IMPL(aten, CUDA, m) {
  m.impl("empty.memory_format", &empty);
  m.impl("empty_strided", &empty_strided);
  m.impl("copy_", &copy);
  m.impl("_copy_from", &copy_from);
  m.impl("_copy_from_and_resize", &copy_from_and_resize);
  m.impl("_local_scalar_dense", &item);
  m.impl("zero_", &zero);
  m.impl("fill_.Scalar", &fill);
  m.impl("resize_", &resize);
  m.impl("as_strided", &as_strided);
  m.impl("view", &view);
  m.impl("_reshape_alias", &reshape_alias);
  m.impl("unfold", &unfold);
  m.impl("set_.source_Storage_storage_offset", &set_storage);
  // on any device these choose a library by themselves, and there is none for this one
  m.impl("convolution", torch::CppFunction::makeFromBoxedFunction<&by_cpu>());
  m.impl("convolution_backward", torch::CppFunction::makeFromBoxedFunction<&by_cpu>());
  // of these there are kernels, and formulas for where there are none
  m.impl("silu_backward", torch::CppFunction::makeFromBoxedFunction<&by_cpu>());
  m.impl("mish_backward", torch::CppFunction::makeFromBoxedFunction<&by_cpu>());
  m.impl("native_batch_norm", torch::CppFunction::makeFromBoxedFunction<&batch_norm>());
}

}  // namespace cuda_double

// -- what Python calls --------------------------------------------------------------------

extern "C" {

void double_seed(int device, uint64_t seed) {
  const std::lock_guard<std::mutex> held(cuda_double::drawing);
  cuda_double::generator(device).set_current_seed(seed);
}

uint64_t double_initial_seed(int device) {
  return cuda_double::generator(device).current_seed();
}

int64_t double_random_state_size() {
  return cuda_double::generator(0).get_state().numel();
}

void double_random_state(int device, uint8_t* bytes) {
  const std::lock_guard<std::mutex> held(cuda_double::drawing);
  const auto state = cuda_double::generator(device).get_state();
  std::memcpy(bytes, state.data_ptr(), state.numel());
}

void double_set_random_state(int device, uint8_t* bytes) {
  const std::lock_guard<std::mutex> held(cuda_double::drawing);
  auto& generator = cuda_double::generator(device);
  generator.set_state(at::from_blob(bytes, {double_random_state_size()}, at::kByte).clone());
}
}
