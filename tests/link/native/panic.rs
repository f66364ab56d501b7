// A library in Rust: panics that are caught, also below frames of C, and thread-local state.

use std::cell::Cell;
use std::panic::{catch_unwind, resume_unwind};

thread_local! {
    static CALLS: Cell<i32> = const { Cell::new(0) };
}

type Callback = extern "C-unwind" fn(Option<extern "C-unwind" fn()>);

extern "C-unwind" fn panics() {
    resume_unwind(Box::new(17));
}

#[no_mangle]
pub extern "C" fn caught(through: Callback) -> i32 {
    CALLS.with(|calls| calls.set(calls.get() + 1));
    let result = catch_unwind(|| through(Some(panics)));
    let number = match result {
        Ok(()) => 0,
        Err(payload) => payload.downcast_ref::<i32>().copied().unwrap_or(-1),
    };
    number * 100 + CALLS.with(Cell::get)
}

#[no_mangle]
pub extern "C" fn caught_in_thread() -> i32 {
    match std::thread::spawn(|| -> i32 { resume_unwind(Box::new(3)) }).join() {
        Ok(_) => 0,
        Err(payload) => payload.downcast_ref::<i32>().copied().unwrap_or(-1),
    }
}
