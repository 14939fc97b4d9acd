//! `POST /api/messages/:id/report` and `/api/moderation/reports`.

use domain::{ACTION_DELETE_MESSAGE, ACTION_SUSPEND, Cursor, MessageArn, Reason, Username};
use http::StatusCode;
use wire::{FieldCode, FieldError, fields};

use super::call::{Call, Terms};
use crate::board::NotDeleted;
use crate::context::{Event, Level, Platform};
use crate::http::body::{Fields, Rule};
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json};
use crate::store::Failed;
use crate::store::records::{Account, ReportRecord};

/// What a moderator does about a report.
enum Action {
    Remove,
    Suspend(Terms),
    Dismiss,
}

#[derive(thiserror::Error, Debug)]
#[error("One of remove, suspend and dismiss.")]
struct NoAction;

impl Rule for NoAction {
    fn code(&self) -> FieldCode {
        FieldCode::Invalid
    }
}

impl<P: Platform> Call<'_, P> {
    pub(super) async fn report(self) -> Result<Reply, ApiError> {
        let (context, who) = (self.context, self.incoming.principal()?);
        let message = self.incoming.position().ok_or(ApiError::NotFound)?;
        let mut members = Fields::parse(&self.incoming.body)?;
        let reason = members.required(fields::REASON, |raw| Reason::parse(&raw));
        let reason = members.finish(reason)?;
        context.count_report(self.settings.reports, &who.username).await?;
        if let Some(report) = context.report_message(message, &who.username, &who.name, reason).await? {
            let event = Event::new(Level::Info, "report_created").with("message", message.to_string());
            self.log_by_caller(event.with("report", report.to_string()))?;
        }
        Ok(empty(StatusCode::NO_CONTENT))
    }

    pub(super) async fn list_reports(self) -> Result<Reply, ApiError> {
        let mut query = self.incoming.query();
        let before = query.take(fields::BEFORE, |raw| match Cursor::parse(raw) {
            Ok(Cursor::Report(position)) => Ok(position),
            Ok(_) => Err("This cursor belongs to another list.".to_owned()),
            Err(error) => Err(error.to_string()),
        });
        query.finish()?;
        let may_suspend = |account: &Account| self.may(ACTION_SUSPEND, account).is_ok_and(|may| may);
        Ok(json(StatusCode::OK, &self.context.open_reports(before, may_suspend).await?))
    }

    pub(super) async fn resolve(self) -> Result<Reply, ApiError> {
        let report = self.incoming.position().ok_or(ApiError::NotFound)?;
        let (name, action) = self.parse_action()?;
        let act = async |report: &ReportRecord| self.act(&action, report).await.map_err(Failed::Refused);
        let done = self.context.resolve_report(report, act).await?;
        let event = Event::new(Level::Warn, "report_resolved").with("report", report.to_string()).with("action", name);
        self.log_by_caller(event.with("message", done.message.to_string()).with_some("author", done.author))?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    /// What is to be done, and its name. Only a suspension takes more members than that.
    fn parse_action(&self) -> Result<(&'static str, Action), ApiError> {
        let mut members = Fields::parse(&self.incoming.body)?;
        let name = members.required(fields::ACTION, |raw| {
            ["remove", "suspend", "dismiss"].into_iter().find(|name| *name == raw).ok_or(NoAction)
        });
        let action = match name {
            Some("suspend") => Terms::take(&mut members, self.context.now()).map(Action::Suspend),
            Some("remove") => Some(Action::Remove),
            _ => Some(Action::Dismiss),
        };
        members.finish(name.zip(action))
    }

    /// Does what was decided about a report. It may have been done before, by a request that died.
    async fn act(&self, action: &Action, report: &ReportRecord) -> Result<(), ApiError> {
        match action {
            Action::Dismiss => Ok(()),
            Action::Remove => {
                let who = self.incoming.principal()?;
                let may_delete = |message: &MessageArn| who.may(ACTION_DELETE_MESSAGE, message);
                match self.context.delete_message(report.message, may_delete).await {
                    Ok(_) | Err(Failed::Refused(NotDeleted::Absent)) => Ok(()),
                    Err(error) => Err(error.into()),
                }
            }
            Action::Suspend(terms) => {
                let author = report.author.as_deref().and_then(|author| Username::parse(author).ok());
                match author {
                    Some(author) => self.suspend(&author, terms).await.map_err(|error| match error {
                        ApiError::NotFound => no_author(),
                        error => error,
                    }),
                    None => Err(no_author()),
                }
            }
        }
    }
}

fn no_author() -> ApiError {
    ApiError::Invalid(vec![FieldError {
        field: fields::ACTION.to_owned(),
        code: FieldCode::Invalid,
        detail: "The author has no account any more.".to_owned(),
    }])
}
