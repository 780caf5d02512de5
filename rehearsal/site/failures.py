"""What a cmdlet refuses, as the error record that PowerShell shows."""

from __future__ import annotations

from rehearsal.wire import CmdletError

AUTOMATION = "System.Management.Automation."
TASKS = "Microsoft.Exchange.Configuration.Tasks."
DIRECTORY = "Microsoft.Exchange.Data.Directory."


class CmdletFailure(Exception):
    """A cmdlet that ends with *error*."""

    def __init__(self, error: CmdletError) -> None:
        self.error = error
        super().__init__(error.text)


def _failure(exception: str, category: str, text: str) -> CmdletFailure:
    return CmdletFailure(CmdletError(exception, category, text))


def unknown_command(cmdlet: str) -> CmdletFailure:
    """There is no such cmdlet here, or the caller's roles do not let it be seen."""
    text = (
        f"The term '{cmdlet}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
    )
    return _failure(AUTOMATION + "CommandNotFoundException", "ObjectNotFound", text)


def unknown_parameter(name: str) -> CmdletFailure:
    """The cmdlet has no parameter of this name on premises."""
    text = f"A parameter cannot be found that matches parameter name '{name}'."
    return _failure(AUTOMATION + "ParameterBindingException", "InvalidArgument", text)


def bad_argument(text: str) -> CmdletFailure:
    """Arguments that do not go together."""
    return _failure("System.ArgumentException", "InvalidArgument", text)


def missing_parameters(names: list[str]) -> CmdletFailure:
    """Mandatory parameters were not given."""
    text = f"Cannot process command because of one or more missing mandatory parameters: {' '.join(names)}."
    return _failure(AUTOMATION + "ParameterBindingException", "InvalidArgument", text)


def ambiguous_set() -> CmdletFailure:
    """The parameters given belong to no one parameter set."""
    text = "Parameter set cannot be resolved using the specified named parameters."
    return _failure(AUTOMATION + "ParameterBindingException", "InvalidArgument", text)


def bad_value(name: str, value: object, kind: str) -> CmdletFailure:
    """A value that cannot become *kind*."""
    text = (
        f"Cannot process argument transformation on parameter '{name}'. Cannot convert value \"{value}\" to type "
        f'"{kind}".'
    )
    return _failure(AUTOMATION + "ParameterBindingArgumentTransformationException", "InvalidData", text)


def not_modelled(what: str) -> CmdletFailure:
    """Exchange offers this and the rehearsal does not: never to be mistaken for a refusal of Exchange."""
    return _failure("Rehearsal.NotModelledException", "NotImplemented", f"Not modelled: {what}.")


def no_confirmation(question: str) -> CmdletFailure:
    """A cmdlet asks for confirmation, and nobody is there to ask."""
    text = (
        "A command that prompts the user failed because the host program or the command type does not support user "
        "interaction. The host was attempting to request confirmation with the following message: Are you sure you "
        f"want to perform this action? {question}"
    )
    return _failure(AUTOMATION + "Host.HostException", "NotImplemented", text)


def not_found(identity: str, controller: str) -> CmdletFailure:
    """No object has this identity."""
    text = f"The operation couldn't be performed because object '{identity}' couldn't be found on '{controller}'."
    return _failure(TASKS + "ManagementObjectNotFoundException", "NotSpecified", text)


def no_controller(name: str) -> CmdletFailure:
    """There is no domain controller of this name."""
    text = (
        f"An Active Directory error 0x51 occurred when trying to check the suitability of server '{name}'. Error: "
        "'Active directory response: The LDAP server is unavailable.'"
    )
    return _failure(DIRECTORY + "SuitabilityDirectoryException", "NotSpecified", text)


def not_unique(identity: str) -> CmdletFailure:
    """Several objects have this identity."""
    text = f"The operation couldn't be performed because '{identity}' matches multiple entries."
    return _failure(TASKS + "ManagementObjectAmbiguousException", "InvalidData", text)


def exists_already(distinguished_name: str, controller: str) -> CmdletFailure:
    """The directory has an object of this name."""
    text = f"Active Directory operation failed on {controller}. The object '{distinguished_name}' already exists."
    return _failure(DIRECTORY + "ADObjectAlreadyExistsException", "NotSpecified", text)


def invalid_property(text: str) -> CmdletFailure:
    """An object would not be valid with the values given."""
    return _failure("Microsoft.Exchange.Data.DataValidationException", "InvalidData", text)


def invalid_operation(text: str) -> CmdletFailure:
    """The task refuses for a reason of its own."""
    return _failure(
        "Microsoft.Exchange.Management.Common.TaskInvalidOperationException", "InvalidOperation", text
    )


def setting_unknown(what: str) -> CmdletFailure:
    """An override of a setting that there is not."""
    return _failure(
        "Microsoft.Exchange.Management.ConfigurationSettings.SettingOverrideException",
        "InvalidOperation",
        f"The {what} cannot be found. The setting override was not made.",
    )


def certificate_not_found(thumbprint: str, server: str) -> CmdletFailure:
    """The server has no certificate of this thumbprint."""
    text = f"The certificate with thumbprint {thumbprint} was not found on server {server}."
    return _failure(AUTOMATION + "ItemNotFoundException", "InvalidArgument", text)


def no_next_certificate() -> CmdletFailure:
    """No certificate is there to become the current one for OAuth."""
    text = "There is no next certificate in the authorization configuration, so none can be published."
    return _failure("System.InvalidOperationException", "InvalidOperation", text)


def certificate_refused(thumbprint: str, why: str) -> CmdletFailure:
    """A certificate that Exchange does not use."""
    return _failure(
        "System.InvalidOperationException",
        "InvalidOperation",
        f"The certificate with thumbprint {thumbprint} cannot be used for Exchange services. {why}",
    )


def component_unknown(name: str) -> CmdletFailure:
    """A server has no such component."""
    return _failure(
        "System.ArgumentException", "InvalidArgument", f"Server component '{name}' is not recognised."
    )


def no_copy_to_activate(database: str, target: str | None) -> CmdletFailure:
    """No server could take over an active copy, or the one named has none."""
    where = f"server '{target}' does not host a copy of it" if target else "no other copy may be activated"
    return _failure(
        "Microsoft.Exchange.Cluster.Replay.AmDbActionWrapperException",
        "InvalidOperation",
        f"An Active Manager operation failed. Error: The database action failed. Database: {database}. Error: {where}.",
    )


def no_archive(identity: str) -> CmdletFailure:
    """The mailbox has no archive."""
    return invalid_operation(f"The user '{identity}' doesn't have an archive mailbox.")


def trustee_unknown(user: str, controller: str) -> CmdletFailure:
    """No account, group or well-known name that could hold a right."""
    return _failure(
        TASKS + "SecurityPrincipalNotFoundException",
        "InvalidData",
        f"User or group \"{user}\" wasn't found on '{controller}'. Please make sure you've typed it correctly.",
    )


def member_already(member: str, group: str) -> CmdletFailure:
    """Somebody is in the group already."""
    text = f'The recipient "{member}" is already a member of the group "{group}".'
    return _failure("Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException", "NotSpecified", text)


def member_missing(member: str, group: str) -> CmdletFailure:
    """Somebody is not in the group."""
    text = f'The recipient "{member}" isn\'t a member of the group "{group}".'
    return _failure("Microsoft.Exchange.Management.Tasks.MemberNotFoundException", "NotSpecified", text)


def folder_not_found(identity: str) -> CmdletFailure:
    """The mailbox has no such folder."""
    text = f"The operation couldn't be performed because '{identity}' couldn't be found."
    return _failure(TASKS + "ManagementObjectNotFoundException", "NotSpecified", text)


def folder_right_exists(user: str) -> CmdletFailure:
    """The folder has an entry for this user already."""
    text = f"An existing permission entry was found for user: {user}."
    return _failure(
        "Microsoft.Exchange.Management.StoreTasks.UserAlreadyExistsInPermissionEntryException",
        "NotSpecified",
        text,
    )


def no_folder_right(user: str) -> CmdletFailure:
    """The folder has no entry for this user."""
    text = f"There is no existing permission entry found for user: {user}."
    return _failure(
        "Microsoft.Exchange.Management.StoreTasks.UserNotFoundInPermissionEntryException",
        "NotSpecified",
        text,
    )
