//! One file or folder for each command, named as it is; here only the match. What several of
//! them do alike is in `shared`.

mod completions;
mod create_token;
mod create_user;
mod delete_user;
mod doctor;
mod list;
mod migrate;
mod revoke;
mod set_password;
mod shared;
mod show;
mod update_user;
mod verify;

use crate::cli::Command;
use crate::context::Context;
use crate::error::{Failure, Status};

/// Runs a command.
pub(crate) fn run(command: Command, ctx: &mut Context) -> Result<Status, Failure> {
    match command {
        Command::Migrate(args) => migrate::run(&args, ctx),
        Command::CreateUser(args) => create_user::run(&args, ctx),
        Command::CreateToken(args) => create_token::run(&args, ctx),
        Command::Revoke(args) => revoke::run(&args, ctx),
        Command::List(args) => list::run(&args, ctx),
        Command::Verify(args) => verify::run(&args, ctx),
        Command::SetPassword(args) => set_password::run(&args, ctx),
        Command::UpdateUser(args) => update_user::run(&args, ctx),
        Command::Show(args) => show::run(&args, ctx),
        Command::DeleteUser(args) => delete_user::run(&args, ctx),
        Command::Doctor(args) => doctor::run(&args, ctx),
        Command::Completions(args) => completions::run(&args),
    }
}
